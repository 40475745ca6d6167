export const extensionsConf = `[lab]
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
export const queuesConf = `[general]
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
