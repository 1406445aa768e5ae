// Made by `npm run generate` from the contract; change that, or scripts/client-names.ts, not this file.

/** Every code with which the gateway API refuses: what it means, and what to do. */
export const RESULT_CODES = {
  '000-001': {
    name: 'eventsAreSent',
    meaning: "the events of this session are sent to its push address",
    remedy: "Take them there, read them with `after`, or sign in without a push address.",
  },
  '000-002': {
    name: 'badAddress',
    meaning: "the address or one of its parameters is not valid",
    remedy: "Compare the path and the query parameters with the API description.",
  },
  '000-003': {
    name: 'noRight',
    meaning: "the token belongs to another agent",
    remedy: "Send the token that this agent's own sign-in gave.",
  },
  '000-005': {
    name: 'inspectsItself',
    meaning: "the inspector and the inspected agent are the same",
    remedy: "Name another agent; change the own state with the own calls.",
  },
  '000-006': {
    name: 'badBody',
    meaning: "the message body is not valid",
    remedy: "Send one JSON object of at most 64 KiB.",
  },
  '000-007': {
    name: 'signOutRepeated',
    meaning: "a sign-out of this session is under way",
    remedy: "Wait for the answer to the first sign-out.",
  },
  '100-001': {
    name: 'signInParameterInvalid',
    meaning: "a sign-in parameter is empty or not valid",
    remedy: "Correct the parameter that the message names.",
  },
  '100-002': {
    name: 'alreadySignedIn',
    meaning: "the agent is already signed in",
    remedy: "Sign the other session out, or use a forced sign-in.",
  },
  '100-003': {
    name: 'resourceUnavailable',
    meaning: "a resource of the sign-in is not available",
    remedy: "Free the resource that the message names, or try again in a moment.",
  },
  '100-004': {
    name: 'wrongCredentials',
    meaning: "wrong agent number or password",
    remedy: "Check the agent number and the password.",
  },
  '100-005': {
    name: 'signOutParameterInvalid',
    meaning: "the reason of the sign-out is not one of 1 to 255",
    remedy: "Send a reason from 1 to 255, or use forcelogout.",
  },
  '100-006': {
    name: 'notSignedIn',
    meaning: "the agent is not signed in",
    remedy: "Sign in and send the token of that sign-in with every call.",
  },
  '100-007': {
    name: 'internalError',
    meaning: "the operation could not be done",
    remedy: "Try again; if it stays, look for the request id in the log.",
  },
  '100-008': {
    name: 'alreadySignedOut',
    meaning: "the agent is already signed out",
    remedy: "Nothing is left to do.",
  },
  '100-009': {
    name: 'stateChangeNotPossible',
    meaning: "this state change is not possible now",
    remedy: "Read the present state and offer only what it allows.",
  },
  '100-010': {
    name: 'signOutNotPossible',
    meaning: "the agent talks and cannot sign out",
    remedy: "End the contact first, or use forcelogout, which drops it.",
  },
  '100-011': {
    name: 'parameterInvalid',
    meaning: "a parameter of the sign-in is not valid",
    remedy: "Correct the parameter that the message names.",
  },
  '100-012': {
    name: 'wrongAgentType',
    meaning: "agenttype is not one of 4 and 11",
    remedy: "Send 4 (PC and phone) or 11 (PC and video phone).",
  },
  '100-013': {
    name: 'phoneInvalid',
    meaning: "phonenum is missing or not valid",
    remedy: "Send the number of the phone that the agent uses.",
  },
  '100-014': {
    name: 'phoneOutsideRange',
    meaning: "phonenum is outside the range of this VDN",
    remedy: "Send a phone of the VDN, or widen its phoneRange.",
  },
  '100-015': {
    name: 'displacementForbidden',
    meaning: "the agent is already signed in and may not be signed out by a new sign-in",
    remedy: "Sign the other session out first.",
  },
  '100-016': {
    name: 'addressInvalid',
    meaning: "ip is not a dotted IPv4 address",
    remedy: "Send an IPv4 address of at most 15 characters, or leave ip out.",
  },
  '100-060': {
    name: 'accountSignInFailed',
    meaning: "the sign-in by account was not done",
    remedy: "Correct what the message names, or try again in a moment.",
  },
  '100-061': {
    name: 'accountLocked',
    meaning: "too many wrong passwords; sign-ins by this account are refused for a while",
    remedy: "Wait 15 minutes, or have the operator run `rollcall unlock` with the account name.",
  },
  '100-062': {
    name: 'wrongAccountOrPassword',
    meaning: "wrong account name or password",
    remedy: "Check the account name and the password.",
  },
  '110-002': {
    name: 'passwordChangeFailed',
    meaning: "the password was not changed",
    remedy: "Send the old and the new password as text; the message says what else was wrong.",
  },
  '110-003': {
    name: 'oldPasswordWrong',
    meaning: "the old password is wrong",
    remedy: "Send the present password. Further wrong ones are held back and then locked out.",
  },
  '110-016': {
    name: 'locked',
    meaning: "too many wrong passwords; sign-ins are refused for a while",
    remedy: "Wait 15 minutes, or have the operator run `rollcall unlock` with the agent number.",
  },
  '110-017': {
    name: 'passwordUnchanged',
    meaning: "the new password equals the old one",
    remedy: "Choose another password.",
  },
  '110-018': {
    name: 'passwordIsName',
    meaning: "the new password is the agent's name, or its reverse",
    remedy: "Choose another password.",
  },
  '110-019': {
    name: 'passwordBreaksRule',
    meaning: "the new password breaks a rule",
    remedy: "Choose another password; the message names the rule.",
  },
  '110-020': {
    name: 'passwordLength',
    meaning: "the new password does not have 8 to 32 characters",
    remedy: "Choose a password of 8 to 32 characters.",
  },
  '110-021': {
    name: 'nowLocked',
    meaning: "wrong agent number or password, once too often: sign-ins are refused for a while now",
    remedy: "Wait 15 minutes, or have the operator run `rollcall unlock` with the agent number.",
  },
  '200-002': {
    name: 'noCallToAnswer',
    meaning: "there is no call to answer",
    remedy: "Offer answering while a call rings; this release has no calls.",
  },
  '200-003': {
    name: 'noCallToMute',
    meaning: "there is no call to mute",
    remedy: "Offer muting during a call; this release has no calls.",
  },
  '200-005': {
    name: 'noCallToConnect',
    meaning: "there is no call to connect with the held one",
    remedy: "Offer connecting while two calls are there; this release has no calls.",
  },
  '200-007': {
    name: 'noCallToUnmute',
    meaning: "there is no call to end the muting of",
    remedy: "Offer the end of muting during a muted call; this release has no calls.",
  },
  '200-009': {
    name: 'noCallToAnnounceIn',
    meaning: "there is no call to announce anything in",
    remedy: "Offer announcements during a call; this release has no calls.",
  },
  '200-010': {
    name: 'noCallToJoin',
    meaning: "there is no call to bring a third party into",
    remedy: "Offer a conference during a call; this release has no calls.",
  },
  '200-012': {
    name: 'noCallToTransfer',
    meaning: "there is no call to transfer",
    remedy: "Offer transfers during a call; this release has no calls.",
  },
  '200-013': {
    name: 'noCallToHold',
    meaning: "there is no call to hold",
    remedy: "Offer holding during a call; this release has no calls.",
  },
  '200-015': {
    name: 'noCallToGetBack',
    meaning: "there is no held call to get back",
    remedy: "Offer this while a call is held; this release has no calls.",
  },
  '200-017': {
    name: 'noCallToRelease',
    meaning: "there is no call to release",
    remedy: "Offer this during a call; this release has no calls.",
  },
  '200-018': {
    name: 'noCallToConsultOn',
    meaning: "there is no call to consult anybody about",
    remedy: "Offer consultation during a call; this release has no calls.",
  },
  '300-001': {
    name: 'noRightToAsk',
    meaning: "only an inspector may ask this",
    remedy: "Sign in as an inspector.",
  },
  '300-002': {
    name: 'nothingKnown',
    meaning: "nothing of this name is known",
    remedy: "Compare the name with the list.",
  },
  '300-003': {
    name: 'noSuchAgent',
    meaning: "this VDN has no such agent",
    remedy: "Ask about agents of the own VDN.",
  },
  '300-004': {
    name: 'noSuchGroup',
    meaning: "there is no such group, or the agent has none",
    remedy: "Compare the group with the list of the VDN.",
  },
  '400-001': {
    name: 'noCall',
    meaning: "there is no such call",
    remedy: "Ask for the data of a call while it lasts; this release has no calls.",
  },
  '500-001': {
    name: 'nothingToRewind',
    meaning: "nothing is played that could be rewound",
    remedy: "Offer this during playback; this release has none.",
  },
  '500-002': {
    name: 'nothingToWindForward',
    meaning: "nothing is played that could be wound forward",
    remedy: "Offer this during playback; this release has none.",
  },
  '500-003': {
    name: 'noPlaybackToPause',
    meaning: "nothing is played that could be paused",
    remedy: "Offer this during playback; this release has none.",
  },
  '500-004': {
    name: 'noRecordingToPause',
    meaning: "nothing is recorded that could be paused",
    remedy: "Offer this during a recording; this release makes none.",
  },
  '500-005': {
    name: 'noPlaybackToResume',
    meaning: "no playback is paused that could go on",
    remedy: "Offer this while playback is paused; this release has none.",
  },
  '500-006': {
    name: 'noRecordingToResume',
    meaning: "no recording is paused that could go on",
    remedy: "Offer this while a recording is paused; this release makes none.",
  },
  '500-008': {
    name: 'noRecordingToStop',
    meaning: "nothing is recorded that could be stopped",
    remedy: "Offer this during a recording; this release makes none.",
  },
  '500-009': {
    name: 'noPlaybackToStop',
    meaning: "nothing is played that could be stopped",
    remedy: "Offer this during playback; this release has none.",
  },
  '600-001': {
    name: 'noQueueOfAgent',
    meaning: "the agent is not known, or has no skill queue",
    remedy: "Give the agent skill queues in the site file.",
  },
  '600-002': {
    name: 'noQueueOfVdn',
    meaning: "the VDN has no skill queue",
    remedy: "Give the VDN skill queues in the site file.",
  },
  '600-003': {
    name: 'noAccessCode',
    meaning: "the VDN has no access code",
    remedy: "Give the VDN access codes in the site file.",
  },
  '600-004': {
    name: 'noIvr',
    meaning: "the VDN has no IVR",
    remedy: "Give the VDN IVRs in the site file.",
  },
  '600-005': {
    name: 'noQueueOfOwnVdn',
    meaning: "the agent's VDN has no skill queue",
    remedy: "Give the VDN skill queues in the site file.",
  },
  '900-002': {
    name: 'noRightToInspect',
    meaning: "the caller may not inspect this agent",
    remedy: "Let the site make the caller an inspector of the group of this agent, or of the whole VDN.",
  },
  '900-004': {
    name: 'noAgentToInspect',
    meaning: "this VDN has no such agent to inspect",
    remedy: "Name an agent of the own VDN.",
  },
  '900-005': {
    name: 'notInThisState',
    meaning: "the state of the inspected agent does not allow this",
    remedy: "Read the present state and try again later.",
  },
  '999-001': {
    name: 'configurationError',
    meaning: "the installation holds no VDN yet",
    remedy: "Run `rollcall init`, then sign in again.",
  },
} as const;

export type ResultCode = keyof typeof RESULT_CODES;
