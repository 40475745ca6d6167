import { phonesConf, phonesContext } from './phones.ts';
import { extensionsConf, queuesConf } from './dialplan.ts';

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
  skinny: number;
  /** Where the lab's XMPP client looks for its server; a test may be it. */
  xmpp: number;
}

export interface LabPaths {
  /** The instance's own folder, as seen inside the chroot. */
  home: string;
  modules: string;
}

// Drivers of databases and outside services, and channel drivers that insist on a fixed port.
const unwanted = `
  chan_dahdi chan_alsa chan_console chan_oss chan_unistim chan_mgcp chan_motif
  res_hep res_hep_pjsip res_hep_rtcp res_snmp res_stun_monitor res_resolver_unbound
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

// Kept in memory: objects one by one as they are asked for, and the whole of a kind that the lab has none of.
const sorceryConf = `[res_pjsip]
auth/cache = memory_cache,name=lab-auths
auth = config,pjsip.conf,criteria=type=auth
domain_alias/cache = memory_cache,name=lab-aliases,full_backend_cache=yes
domain_alias = config,pjsip.conf,criteria=type=domain_alias
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

[caller]
type = endpoint
transport = transport-udp
context = hints
disallow = all
allow = ulaw
aors = caller

[caller]
type = aor

[lab-trunk]
type = registration
transport = transport-udp
server_uri = sip:127.0.0.1:9
client_uri = sip:lab@127.0.0.1
retry_interval = 3600

${phonesConf}`;
}

export function labConfig(paths: LabPaths, ports: LabPorts): Record<string, string> {
  return {
    'asterisk.conf': asteriskConf(paths),
    'modules.conf': modulesConf(),
    'manager.conf': managerConf(paths, ports),
    'http.conf': `[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = ${ports.http}\nsessionlimit = 1000\n`,
    'ari.conf': `[general]\nenabled = yes\n\n[bench]\ntype = user\nread_only = no\npassword = ${ariSecret}\n`,
    'extensions.conf': extensionsConf + phonesContext,
    'queues.conf': queuesConf,
    'queuerules.conf': '[lab-rule]\npenaltychange => 30,+1\n',
    'pjsip.conf': pjsipConf(ports),
    'sip.conf': `[general]\nudpbindaddr = 127.0.0.1:${ports.chanSip}\nallowguest = no\nwebsocket_enabled = no\n`,
    'iax.conf': `[general]\nbindaddr = 127.0.0.1\nbindport = ${ports.iax}\n`,
    'skinny.conf': `[general]\nbindaddr = 127.0.0.1\nbindport = ${ports.skinny}\n\n[lines]\n[lab-line]\n\n[devices]\n[lab-desk]\ndevice = SEP001122334455\nline = lab-line\n\n[lab-spare]\ndevice = SEP001122334466\n`,
    'xmpp.conf': `[general]\n\n[lab]\ntype = client\nserverhost = 127.0.0.1\nport = ${ports.xmpp}\nusername = lab@example.com\nsecret = ${phoneSecret}\nusetls = no\nusesasl = no\n`,
    'sorcery.conf': sorceryConf,
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
