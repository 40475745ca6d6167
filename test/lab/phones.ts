/** Endpoints of the phones of the tests (helpers/phone.ts): let in by their names alone, from any port. */
export const phonesConf = ['phone', 'trunk']
  .map(
    (name) => `[${name}]
type = endpoint
transport = transport-udp
context = phones
disallow = all
allow = ulaw
direct_media = no
`,
  )
  .join('\n');

/** A phone is rung by the port it listens on; with a 9 before it for a second. */
export const phonesContext = `[phones]
exten => _XXXXX,1,Dial(PJSIP/phone/sip:phone@127.0.0.1:\${EXTEN},30,tT)
exten => _9XXXXX,1,Dial(PJSIP/phone/sip:phone@127.0.0.1:\${EXTEN:1},1)
`;
