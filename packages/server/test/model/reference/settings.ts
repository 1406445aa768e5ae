import type { Settings } from './world.ts';

/** Sets something for the session; texts are as they are sent. */
export type SettingCall =
  | { readonly kind: 'autoAnswer' | 'autoEnterIdle'; readonly flag: string }
  | { readonly kind: 'setTalkRight'; readonly flag: number }
  | { readonly kind: 'setCustomState'; readonly customState: number }
  /** Null: the key is left out. */
  | { readonly kind: 'setForwarding'; readonly phone: string | null }
  | { readonly kind: 'setSelfRecord'; readonly isOn: boolean; readonly beforeTalking: boolean };

/** What an agent may set for itself, before it has. */
export const NOTHING_SET = {
  takesContacts: true,
  customState: null,
  forwardTo: null,
  selfRecording: { isOn: false, beforeTalking: false },
} as const satisfies Partial<Settings>;

/** AS-15, AS-16: what the call sets, or the code with which it is refused. */
export function settingsAfter(call: SettingCall): Partial<Settings> | string {
  switch (call.kind) {
    case 'autoAnswer':
      return { autoAnswer: isTrue(call.flag) };
    case 'autoEnterIdle':
      return { autoEnterIdle: isTrue(call.flag) };
    case 'setTalkRight':
      return call.flag === 0 || call.flag === 1 ? { takesContacts: call.flag === 1 } : '000-002';
    case 'setCustomState':
      return call.customState <= 65_534 ? { customState: call.customState } : '000-002';
    case 'setForwarding':
      if (call.phone === null || /\s/.test(call.phone)) return '000-006';
      return { forwardTo: call.phone === '' ? null : call.phone };
    case 'setSelfRecord':
      return { selfRecording: { isOn: call.isOn, beforeTalking: call.beforeTalking } };
  }
}

function isTrue(flag: string): boolean {
  return flag.toLowerCase() === 'true';
}
