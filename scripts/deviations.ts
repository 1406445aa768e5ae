/** What a client of the older servers may find different here, or find settled where the old documents contradict each other. */
export interface Deviation {
  readonly subject: string;
  /** What holds here. */
  readonly here: string;
  /** Rules of docs/spec that say so. */
  readonly rules: readonly string[];
}

/** The rulings and deviations of docs/compatibility.md, in the order in which a migration meets them. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    subject: 'Where the token is sent',
    here: 'In the header `Guid`, or in the cookie. One that opens a session of the agent is enough; a foreign one beside it does no harm. A cookie counts from pages of the own and of listed origins only.',
    rules: ['WI-22', 'WI-23'],
  },
  {
    subject: 'How long a token holds',
    here: 'For the whole session. An installation may have it renewed; only clients that send `Guid` are given new ones.',
    rules: ['TK-1', 'TK-2', 'TK-3'],
  },
  {
    subject: 'The cookie',
    here: '`HttpOnly` and `SameSite=Strict`, `Secure` over HTTPS: scripts cannot read it, and pages of other sites do not send it.',
    rules: ['WI-20', 'WI-41'],
  },
  {
    subject: '`vdnid`',
    here: 'A number in every answer.',
    rules: ['WI-35', 'SI-30'],
  },
  {
    subject: 'Numbers and booleans in a request',
    here: 'Both forms are taken, `4` and `"4"`, `true` and `"true"`.',
    rules: ['WI-30', 'WI-31', 'WI-32'],
  },
  {
    subject: '`Content-Type` of a request',
    here: 'Any, or none.',
    rules: ['WI-10'],
  },
  {
    subject: 'HTTP status',
    here: '200 whatever the code, but for 405, 413, and 404 outside the known families.',
    rules: ['WI-7', 'WI-8'],
  },
  {
    subject: 'Second letter of `mediatype`',
    here: 'The registration for text chat that the sign-in asked for, "TTF" by default; always F where the VDN sets `mediaRegistration` to `none`.',
    rules: ['SI-31'],
  },
  {
    subject: 'Text chat',
    here: 'Not offered in this release, to no session; the letter above promises none.',
    rules: ['OC-1', 'OC-2'],
  },
  {
    subject: 'Seats of the licence',
    here: '`login` and `forcelogin` take one, and `loginbyaccount` too; the others take none.',
    rules: ['SI-36', 'SI-40', 'SI-50'],
  },
  {
    subject: 'Events sent by the server',
    here: 'To addresses that the site lists alone; any other answers `100-001`. What was not answered with 200 to 299 is sent again, in order, so an event may come twice. Where only one of address and token is sent, the client polls.',
    rules: ['SI-44', 'PU-3', 'PU-4', 'OB-2'],
  },
  {
    subject: 'Wrong passwords',
    here: 'From the third on answers are held back, and the pair of agent and source is locked after ten. Agents that do not exist are answered alike, in the same time.',
    rules: ['LK-1', 'LK-2', 'LK-3', 'PW-15'],
  },
  {
    subject: 'An agent whose client is gone',
    here: 'Its session ends after 120 seconds without a request; every call is a sign of life.',
    rules: ['LE-2', 'LE-3'],
  },
  {
    subject: '`setagenttimeout`, `setmaxchatnum`',
    here: 'Answered and recorded; they change nothing.',
    rules: ['QU-14'],
  },
  {
    subject: '`resetskill`',
    here: 'Sets the skill queues that the agent serves, of those that the site gives it. A session serves none before its first call of it.',
    rules: ['QU-9'],
  },
  {
    subject: 'Lists over a VDN',
    here: 'May be up to a second old. One agent asked for by its number is told as it is now.',
    rules: ['QU-3'],
  },
  {
    subject: 'Other VDNs',
    here: 'Are not seen: their agents are in no list, and asking for one answers `300-003`.',
    rules: ['QU-1'],
  },
  {
    subject: 'Phones of others',
    here: 'Shown to inspectors alone.',
    rules: ['QU-6'],
  },
  {
    subject: 'Contacts of others',
    here: 'Listening in, joining, whispering and taking over check the right and the agent, then answer `900-005`: there is no contact.',
    rules: ['SV-9'],
  },
  {
    subject: 'Notes',
    here: 'Are of 1 to 1,000 characters and reach agents of the own VDN. For who is signed out they wait, a hundred for each sign-in.',
    rules: ['NB-1', 'NB-2', 'NB-4'],
  },
  {
    subject: 'Bulletins',
    here: 'The name of the group or skill queue decides, the type only between two of one name. A queue stands for those to whom the site gives it. For who is signed out they wait, the newest hundred of seven days.',
    rules: ['NB-6', 'NB-7', 'NB-9'],
  },
  {
    subject: 'Overlapping calls of one agent',
    here: 'Done one after another; none is refused for it.',
    rules: ['WI-28'],
  },
];
