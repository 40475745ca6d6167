import { phonesConf, phonesContext } from './phones.ts';

export const labSecret = 'lab-gateway-secret';
export const originatorSecret = 'lab-originator-secret';
export const limitedSecret = 'lab-limited-secret';
export const noreadSecret = 'lab-noread-secret';
export const ariSecret = 'lab-ari-secret';
export const phoneSecret = 'lab-phone-secret';

export interface LabPorts {
  ami: number;
  tls: number;
  http: number;
  sip: number;
  chanSip: number;
  iax: number;
}

export interface LabPaths {
  /** The instance's own folder, as seen inside the chroot. */
  home: string;
  modules: string;
}

// Drivers of databases and outside services, and channel drivers that insist on a fixed port.
const unwanted = `
  chan_dahdi chan_alsa chan_console chan_oss chan_unistim chan_mgcp chan_skinny chan_motif
  res_hep res_hep_pjsip res_hep_rtcp res_snmp res_xmpp res_stun_monitor res_resolver_unbound
  res_config_ldap res_config_pgsql res_config_odbc res_config_sqlite3 res_config_curl
  res_odbc res_odbc_transaction func_odbc app_voicemail_imap app_voicemail_odbc
  res_calendar res_calendar_caldav res_calendar_ews res_calendar_exchange res_calendar_icalendar
  res_phoneprov res_pjsip_phoneprov_provider res_prometheus
  cdr_adaptive_odbc cdr_csv cdr_custom cdr_odbc cdr_pgsql cdr_radius cdr_sqlite3_custom cdr_tds res_cdrel_custom
  cel_custom cel_manager cel_odbc cel_pgsql cel_radius cel_sqlite3_custom cel_tds
  pbx_ael pbx_dundi pbx_lua pbx_realtime app_alarmreceiver app_festival app_ices app_jack
`;

function asteriskConf({ home, modules }: LabPaths): string {
  return `[directories]
astetcdir => ${home}/etc
astmoddir => ${modules}
astvarlibdir => ${home}/db
astdbdir => ${home}/db
astkeydir => ${home}
astcachedir => ${home}/cache
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => ${home}/spool
astrundir => ${home}/run
astlogdir => ${home}/log
astsbindir => /usr/sbin

[options]
nocolor = yes
`;
}

function modulesConf(): string {
  const names = unwanted.trim().split(/\s+/);
  return `[modules]\nautoload = yes\n${names.map((name) => `noload = ${name}.so\n`).join('')}`;
}

function managerConf({ home }: LabPaths, ports: LabPorts): string {
  return `[general]
enabled = yes
webenabled = yes
bindaddr = 127.0.0.1
port = ${ports.ami}
tlsenable = yes
tlsbindaddr = 127.0.0.1:${ports.tls}
tlscertfile = ${home}/keys/cert.pem
tlsprivatekey = ${home}/keys/key.pem

[gateway]
secret = ${labSecret}
read = all
write = all

[originator]
secret = ${originatorSecret}
read = call
write = originate

[limited]
secret = ${limitedSecret}
read = system,call,agent,reporting,cdr
write = command

[noread]
secret = ${noreadSecret}
read =
write = call,originate
`;
}

const extensionsConf = `[lab]
exten => answer,1,Answer()
 same => n,Wait(3600)
exten => ring,1,Ringing()
 same => n,Wait(3600)
exten => ringanswer,1,Ringing()
 same => n,Wait(1)
 same => n,Answer()
 same => n,Wait(3600)
exten => forge,1,Set(GLOBAL(LAB_FORGED)=\${URIDECODE(x%0D%0A%0D%0AResponse: Success%0D%0AActionID: guessed%0D%0AValue: forged)})
 same => n,Set(GLOBAL(LAB_STRETCHED)=\${URIDECODE(x%0D%0AEvent: Hangup)})
 same => n,Answer()
exten => tone,1,Answer()
 same => n,Milliwatt()
exten => dialtone,1,Dial(Local/tone@lab/n)
exten => busy,1,Busy(1)
exten => congestion,1,Congestion(1)
exten => reject,1,Hangup(21)
exten => short,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => echo,1,Answer()
 same => n,Echo()
exten => queue,1,Answer()
 same => n,Queue(support-queue)
exten => conf,1,Answer()
 same => n,ConfBridge(lab-room)
exten => park,1,Answer()
 same => n,Park()
exten => dtmf,1,Answer()
 same => n,Read(DIGITS,,4,,1,10)
 same => n,Set(GLOBAL(LAB_DIGITS)=\${DIGITS})
 same => n,Wait(3600)
exten => agent-answer,1,Ringing()
 same => n,Wait(0.5)
 same => n,Answer()
 same => n,Wait(3600)
exten => agent-brief,1,Answer()
 same => n,Wait(1)
exten => agent-busy,1,Busy(1)

[hints]
exten => lamp,hint,Custom:lamp
exten => lamps,hint,Custom:lamp&Custom:lamp2
exten => phone,hint,PJSIP/agent001
exten => ringing,1,Ringing()
 same => n,Wait(3600)

[transfer-dest]
exten => 101,1,Answer()
 same => n,Wait(3600)
exten => _2XX,1,Answer()
 same => n,Wait(3600)

[from-internal]
exten => _X.,1,Answer()
 same => n,Wait(3600)

[parkedcallstimeout]
exten => s,1,Answer()
 same => n,Wait(3600)

${phonesContext}
[private]
exten => 1,1,Answer()
 same => n,Wait(3600)

[forge]
exten => s,1,Answer()
 same => n,Wait(3600)
exten => 1,1,Answer()
 same => n,Wait(3600)
`;

// Both members are one Local device, busy as soon as anyone dials it: hence ringinuse.
const queuesConf = `[general]
persistentmembers = no

[support-queue]
strategy = ringall
timeout = 15
retry = 1
ringinuse = yes
joinempty = yes
member => Local/ring@lab,0,Agent One

[sales-queue]
strategy = ringall
timeout = 15
retry = 1
ringinuse = yes
joinempty = yes
member => Local/ring@lab,1,Agent Two

[empty-queue]
strategy = ringall
joinempty = yes

[answer-queue]
strategy = ringall
timeout = 15
retry = 1
ringinuse = yes
joinempty = yes
member => Local/agent-answer@lab/n,0,Anna
member => Local/ring@lab/n,0,Rita

[brief-queue]
strategy = ringall
timeout = 15
retry = 1
ringinuse = yes
joinempty = yes
member => Local/agent-brief@lab/n,0,Bea

[silent-queue]
strategy = ringall
timeout = 1
retry = 1
ringinuse = yes
joinempty = yes
member => Local/ring@lab/n,0,Rita

[linear-queue]
strategy = linear
timeout = 1
retry = 1
ringinuse = yes
joinempty = yes
member => Local/agent-busy@lab/n,0,Bert
member => Local/ring@lab/n,0,Rita
member => Local/agent-answer@lab/n,0,Anna

[rotating-queue]
strategy = rrmemory
timeout = 15
retry = 1
ringinuse = yes
joinempty = yes
member => Local/agent-brief@lab/n,0,Bea
member => Local/agent-answer@lab/n,0,Anna
`;

function pjsipConf(ports: LabPorts): string {
  return `[transport-udp]
type = transport
protocol = udp
bind = 127.0.0.1:${ports.sip}

[agent001]
type = endpoint
transport = transport-udp
context = from-internal
disallow = all
allow = ulaw,alaw
auth = agent001
aors = agent001

[agent001]
type = auth
auth_type = userpass
username = agent001
password = ${phoneSecret}

[agent001]
type = aor
max_contacts = 5

${phonesConf}`;
}

export function labConfig(paths: LabPaths, ports: LabPorts): Record<string, string> {
  return {
    'asterisk.conf': asteriskConf(paths),
    'modules.conf': modulesConf(),
    'manager.conf': managerConf(paths, ports),
    'http.conf': `[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = ${ports.http}\nsessionlimit = 1000\n`,
    'ari.conf': `[general]\nenabled = yes\n\n[bench]\ntype = user\nread_only = no\npassword = ${ariSecret}\n`,
    'extensions.conf': extensionsConf,
    'queues.conf': queuesConf,
    'queuerules.conf': '[lab-rule]\npenaltychange => 30,+1\n',
    'pjsip.conf': pjsipConf(ports),
    'sip.conf': `[general]\nudpbindaddr = 127.0.0.1:${ports.chanSip}\nallowguest = no\nwebsocket_enabled = no\n`,
    'iax.conf': `[general]\nbindaddr = 127.0.0.1\nbindport = ${ports.iax}\n`,
    // Below the server ports, see freePorts.
    'rtp.conf': '[general]\nrtpstart = 10000\nrtpend = 19999\nicesupport = no\n',
    // Without the sound packages a prompt would end the conference at once.
    'confbridge.conf': '[general]\n\n[default_bridge]\ntype = bridge\n\n[default_user]\ntype = user\nquiet = yes\n',
    'res_parking.conf':
      '[general]\n\n[default]\nparkpos => 701-720\ncontext => parkedcalls\nparkingtime => 300\n\n[short]\nparkpos => 801-802\ncontext => parkedshort\nparkingtime => 1\ncomebacktoorigin = no\n',
    'features.conf': '[general]\n\n[featuremap]\natxfer => *2\nblindxfer => #1\nautomixmon => *3\nparkcall => #72\n',
    'agents.conf': '[general]\n\n[1001]\nfullname = Lab Agent\n',
    // Without a dial tone there is no attended transfer.
    'indications.conf': '[general]\ncountry = us\n\n[us]\ndescription = Lab\ndial = 350+440\n',
    'pjsip_notify.conf': '[lab-check]\nEvent => check-sync\n',
    'voicemail.conf': '[general]\nformat = wav\n\n[default]\n100 => 1234,Lab Mailbox\n',
    'musiconhold.conf': `[default]\nmode = files\ndirectory = ${paths.home}/moh\n`,
    'cdr.conf': '[general]\nenable = yes\n',
    'cdr_manager.conf': '[general]\nenabled = yes\n',
    'cel.conf': '[general]\nenable = no\n',
    'logger.conf': '[general]\n\n[logfiles]\nmessages.log => notice,warning,error\n',
  };
}
