/**
 * The one catalogue of result codes. A code is public API, a message is not.
 * `message` says what happened, `remedy` what to do about it.
 */
export interface ResultCodeEntry {
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
}

export const RESULT_CODES = {
  '0': { name: 'success', message: '', remedy: '' },
  '000-001': {
    name: 'eventsAreSent',
    message: 'the events of this session are sent to its push address',
    remedy: 'Take them there, read them with `after`, or sign in without a push address.',
  },
  '000-002': {
    name: 'badAddress',
    message: 'the address or one of its parameters is not valid',
    remedy: 'Compare the path and the query parameters with the API description.',
  },
  '000-003': {
    name: 'noRight',
    message: 'the token belongs to another agent',
    remedy: "Send the token that this agent's own sign-in gave.",
  },
  '000-005': {
    name: 'inspectsItself',
    message: 'the inspector and the inspected agent are the same',
    remedy: 'Name another agent; change the own state with the own calls.',
  },
  '000-006': {
    name: 'badBody',
    message: 'the message body is not valid',
    remedy: 'Send one JSON object of at most 64 KiB.',
  },
  '000-007': {
    name: 'signOutRepeated',
    message: 'a sign-out of this session is under way',
    remedy: 'Wait for the answer to the first sign-out.',
  },
  '100-001': {
    name: 'signInParameterInvalid',
    message: 'a sign-in parameter is empty or not valid',
    remedy: 'Correct the parameter that the message names.',
  },
  '100-002': {
    name: 'alreadySignedIn',
    message: 'the agent is already signed in',
    remedy: 'Sign the other session out, or use a forced sign-in.',
  },
  '100-003': {
    name: 'resourceUnavailable',
    message: 'a resource of the sign-in is not available',
    remedy: 'Free the resource that the message names, or try again in a moment.',
  },
  '100-004': {
    name: 'wrongCredentials',
    message: 'wrong agent number or password',
    remedy: 'Check the agent number and the password.',
  },
  '100-005': {
    name: 'signOutParameterInvalid',
    message: 'the reason of the sign-out is not one of 1 to 255',
    remedy: 'Send a reason from 1 to 255, or use forcelogout.',
  },
  '100-006': {
    name: 'notSignedIn',
    message: 'the agent is not signed in',
    remedy: 'Sign in and send the token of that sign-in with every call.',
  },
  '100-007': {
    name: 'internalError',
    message: 'the operation could not be done',
    remedy: 'Try again; if it stays, look for the request id in the log.',
  },
  '100-008': {
    name: 'alreadySignedOut',
    message: 'the agent is already signed out',
    remedy: 'Nothing is left to do.',
  },
  '100-009': {
    name: 'stateChangeNotPossible',
    message: 'this state change is not possible now',
    remedy: 'Read the present state and offer only what it allows.',
  },
  '100-010': {
    name: 'signOutNotPossible',
    message: 'the agent talks and cannot sign out',
    remedy: 'End the contact first, or use forcelogout, which drops it.',
  },
  '100-011': {
    name: 'parameterInvalid',
    message: 'a parameter of the sign-in is not valid',
    remedy: 'Correct the parameter that the message names.',
  },
  '100-012': {
    name: 'wrongAgentType',
    message: 'agenttype is not one of 4 and 11',
    remedy: 'Send 4 (PC and phone) or 11 (PC and video phone).',
  },
  '100-013': {
    name: 'phoneInvalid',
    message: 'phonenum is missing or not valid',
    remedy: 'Send the number of the phone that the agent uses.',
  },
  '100-014': {
    name: 'phoneOutsideRange',
    message: 'phonenum is outside the range of this VDN',
    remedy: 'Send a phone of the VDN, or widen its phoneRange.',
  },
  '100-015': {
    name: 'displacementForbidden',
    message: 'the agent is already signed in and may not be signed out by a new sign-in',
    remedy: 'Sign the other session out first.',
  },
  '100-016': {
    name: 'addressInvalid',
    message: 'ip is not a dotted IPv4 address',
    remedy: 'Send an IPv4 address of at most 15 characters, or leave ip out.',
  },
  '100-060': {
    name: 'accountSignInFailed',
    message: 'the sign-in by account was not done',
    remedy: 'Correct what the message names, or try again in a moment.',
  },
  '100-061': {
    name: 'accountLocked',
    message: 'too many wrong passwords; sign-ins by this account are refused for a while',
    remedy: 'Wait 15 minutes, or have the operator run `rollcall unlock` with the account name.',
  },
  '100-062': {
    name: 'wrongAccountOrPassword',
    message: 'wrong account name or password',
    remedy: 'Check the account name and the password.',
  },
  '110-002': {
    name: 'passwordChangeFailed',
    message: 'the password was not changed',
    remedy: 'Send the old and the new password as text; the message says what else was wrong.',
  },
  '110-003': {
    name: 'oldPasswordWrong',
    message: 'the old password is wrong',
    remedy: 'Send the present password. Further wrong ones are held back and then locked out.',
  },
  '110-016': {
    name: 'locked',
    message: 'too many wrong passwords; sign-ins are refused for a while',
    remedy: 'Wait 15 minutes, or have the operator run `rollcall unlock` with the agent number.',
  },
  '110-017': {
    name: 'passwordUnchanged',
    message: 'the new password equals the old one',
    remedy: 'Choose another password.',
  },
  '110-018': {
    name: 'passwordIsName',
    message: "the new password is the agent's name, or its reverse",
    remedy: 'Choose another password.',
  },
  '110-019': {
    name: 'passwordBreaksRule',
    message: 'the new password breaks a rule',
    remedy: 'Choose another password; the message names the rule.',
  },
  '110-020': {
    name: 'passwordLength',
    message: 'the new password does not have 8 to 32 characters',
    remedy: 'Choose a password of 8 to 32 characters.',
  },
  '110-021': {
    name: 'nowLocked',
    message: 'wrong agent number or password, once too often: sign-ins are refused for a while now',
    remedy: 'Wait 15 minutes, or have the operator run `rollcall unlock` with the agent number.',
  },
  '200-002': {
    name: 'noCallToAnswer',
    message: 'there is no call to answer',
    remedy: 'Offer answering while a call rings; this release has no calls.',
  },
  '200-003': {
    name: 'noCallToMute',
    message: 'there is no call to mute',
    remedy: 'Offer muting during a call; this release has no calls.',
  },
  '200-005': {
    name: 'noCallToConnect',
    message: 'there is no call to connect with the held one',
    remedy: 'Offer connecting while two calls are there; this release has no calls.',
  },
  '200-007': {
    name: 'noCallToUnmute',
    message: 'there is no call to end the muting of',
    remedy: 'Offer the end of muting during a muted call; this release has no calls.',
  },
  '200-009': {
    name: 'noCallToAnnounceIn',
    message: 'there is no call to announce anything in',
    remedy: 'Offer announcements during a call; this release has no calls.',
  },
  '200-010': {
    name: 'noCallToJoin',
    message: 'there is no call to bring a third party into',
    remedy: 'Offer a conference during a call; this release has no calls.',
  },
  '200-012': {
    name: 'noCallToTransfer',
    message: 'there is no call to transfer',
    remedy: 'Offer transfers during a call; this release has no calls.',
  },
  '200-013': {
    name: 'noCallToHold',
    message: 'there is no call to hold',
    remedy: 'Offer holding during a call; this release has no calls.',
  },
  '200-015': {
    name: 'noCallToGetBack',
    message: 'there is no held call to get back',
    remedy: 'Offer this while a call is held; this release has no calls.',
  },
  '200-017': {
    name: 'noCallToRelease',
    message: 'there is no call to release',
    remedy: 'Offer this during a call; this release has no calls.',
  },
  '200-018': {
    name: 'noCallToConsultOn',
    message: 'there is no call to consult anybody about',
    remedy: 'Offer consultation during a call; this release has no calls.',
  },
  '300-001': {
    name: 'noRightToAsk',
    message: 'only an inspector may ask this',
    remedy: 'Sign in as an inspector.',
  },
  '300-002': {
    name: 'nothingKnown',
    message: 'nothing of this name is known',
    remedy: 'Compare the name with the list.',
  },
  '300-003': {
    name: 'noSuchAgent',
    message: 'this VDN has no such agent',
    remedy: 'Ask about agents of the own VDN.',
  },
  '300-004': {
    name: 'noSuchGroup',
    message: 'there is no such group, or the agent has none',
    remedy: 'Compare the group with the list of the VDN.',
  },
  '400-001': {
    name: 'noCall',
    message: 'there is no such call',
    remedy: 'Ask for the data of a call while it lasts; this release has no calls.',
  },
  '500-001': {
    name: 'nothingToRewind',
    message: 'nothing is played that could be rewound',
    remedy: 'Offer this during playback; this release has none.',
  },
  '500-002': {
    name: 'nothingToWindForward',
    message: 'nothing is played that could be wound forward',
    remedy: 'Offer this during playback; this release has none.',
  },
  '500-003': {
    name: 'noPlaybackToPause',
    message: 'nothing is played that could be paused',
    remedy: 'Offer this during playback; this release has none.',
  },
  '500-004': {
    name: 'noRecordingToPause',
    message: 'nothing is recorded that could be paused',
    remedy: 'Offer this during a recording; this release makes none.',
  },
  '500-005': {
    name: 'noPlaybackToResume',
    message: 'no playback is paused that could go on',
    remedy: 'Offer this while playback is paused; this release has none.',
  },
  '500-006': {
    name: 'noRecordingToResume',
    message: 'no recording is paused that could go on',
    remedy: 'Offer this while a recording is paused; this release makes none.',
  },
  '500-008': {
    name: 'noRecordingToStop',
    message: 'nothing is recorded that could be stopped',
    remedy: 'Offer this during a recording; this release makes none.',
  },
  '500-009': {
    name: 'noPlaybackToStop',
    message: 'nothing is played that could be stopped',
    remedy: 'Offer this during playback; this release has none.',
  },
  '600-001': {
    name: 'noQueueOfAgent',
    message: 'the agent is not known, or has no skill queue',
    remedy: 'Give the agent skill queues in the site file.',
  },
  '600-002': {
    name: 'noQueueOfVdn',
    message: 'the VDN has no skill queue',
    remedy: 'Give the VDN skill queues in the site file.',
  },
  '600-003': {
    name: 'noAccessCode',
    message: 'the VDN has no access code',
    remedy: 'Give the VDN access codes in the site file.',
  },
  '600-004': {
    name: 'noIvr',
    message: 'the VDN has no IVR',
    remedy: 'Give the VDN IVRs in the site file.',
  },
  '600-005': {
    name: 'noQueueOfOwnVdn',
    message: "the agent's VDN has no skill queue",
    remedy: 'Give the VDN skill queues in the site file.',
  },
  '900-002': {
    name: 'noRightToInspect',
    message: 'the caller may not inspect this agent',
    remedy: 'Let the site make the caller an inspector of the group of this agent, or of the whole VDN.',
  },
  '900-004': {
    name: 'noAgentToInspect',
    message: 'this VDN has no such agent to inspect',
    remedy: 'Name an agent of the own VDN.',
  },
  '900-005': {
    name: 'notInThisState',
    message: 'the state of the inspected agent does not allow this',
    remedy: 'Read the present state and try again later.',
  },
  '999-001': {
    name: 'configurationError',
    message: 'the installation holds no VDN yet',
    remedy: 'Run `rollcall init`, then sign in again.',
  },
} as const satisfies Record<string, ResultCodeEntry>;

export type ResultCode = keyof typeof RESULT_CODES;
