import type { ResultCode } from '../result-codes.ts';
import { type HttpMethod, SESSION_CODES } from './operation.ts';

/** What one operation answers that this release does not do. */
export type LaterAnswer =
  /** It asks about calls: where there are none, this is the truth. */
  | { readonly kind: 'empty'; readonly result: EmptyResult }
  /** It acts on a call, a recording or a playback: its own code for there being none. */
  | { readonly kind: 'noCall'; readonly code: ResultCode }
  /** It would make something that this release does not have. */
  | { readonly kind: 'notOffered' };

type EmptyResult = readonly [] | 0 | false | Readonly<Record<string, never>>;

/** One operation of the API that this release knows and does not do. */
export interface LaterOperation {
  readonly method: HttpMethod;
  readonly path: string;
  readonly logName: string;
  /** A JSON object is due as its body. */
  readonly hasBody: boolean;
  readonly answer: LaterAnswer;
}

type Row = readonly [method: HttpMethod, path: string, logName: string, body?: 'jsonBody'];

/** Every operation of the API that this release knows and does not do, by what it answers. */
export const LATER_OPERATIONS: readonly LaterOperation[] = [
  ...answering(empty([]), [
    ['GET', '/agentgroup/{agentid}/allchatagents', 'getAllAgentsInTextChat'],
    ['GET', '/calldata/{agentid}/allcallid', 'queryAllCallID'],
    ['GET', '/calldata/{agentid}/allcallinfo/{workno}', 'queryAllCallInfoByAgentWorkNo'],
    ['GET', '/calldata/{agentid}/allcallinfoEx/{workno}', 'queryAllCallInfoByAgentWorkNoEx'],
    ['GET', '/calldata/{agentid}/allcallinfoinvdn', 'queryAllCallInfoOnVdn'],
    ['GET', '/calldata/{agentid}/callRecordInfoList', 'queryCallRecordList'],
    ['GET', '/calldata/{agentid}/holdlist', 'queryHoldListInfo'],
    ['GET', '/calldata/{agentid}/holdlistex/{workno}', 'queryHoldListInfoEx'],
    ['GET', '/calldata/{agentid}/ivrcallinfo/{ivrid:[1-9][\\d]{0,}}', 'queryWaitCallInfoByIVRId'],
    ['GET', '/calldata/{agentid}/privatecallinfo', 'queryPrivateCallInfo'],
    ['GET', '/calldata/{agentid}/queryselfcallrecordinfolist', 'querySelfCallRecordInfo'],
    ['GET', '/calldata/{agentid}/remotenumbers', 'queryRemoteNumbers'],
    ['GET', '/calldata/{agentid}/waitcallinfo/{skillid:[1-9][\\d]{0,}}', 'queryWaitCallInfoBySkillId'],
    ['GET', '/qualitycontrol/{agentid}/queryqctasks', 'queryQcTasks'],
    ['GET', '/qualitycontrol/{agentid}/queryvideorecordfile', 'queryVideoRecordFile'],
    ['GET', '/recordplay/{agentid}/queryrecordfilebycallid', 'queryRecordFileByCallId'],
    ['GET', '/recordplay/{agentid}/queryrecordscore', 'queryVoiceRecordScore'],
    ['GET', '/recordplay/{agentid}/queryselfrecordfile', 'querySelfRecordFile'],
    ['GET', '/recordplay/{agentid}/recordfile', 'queryRecordFile'],
  ]),
  ...answering(empty(0), [
    ['GET', '/calldata/{agentid}/agentholdnum/{workno}', 'queryAgentHoldNum'],
    ['GET', '/calldata/{agentid}/callnums', 'queryCallNumsOnAgent'],
    ['GET', '/calldata/{agentid}/ivrcallcount/{ivrid:[1-9][\\d]{0,}}', 'queryCallCountByIVRId'],
    ['GET', '/queuedevice/{agentid}/skillwaitnum/{skillid:[1-9][\\d]{0,}}', 'queryQueueLengthBySkillId'],
    ['GET', '/queuedevice/{agentid}/waitnum', 'queryQueueLengthOnAgent'],
  ]),
  ...answering(empty(false), [['GET', '/calldata/{agentid}/isprocesscall', 'isProcessCall']]),
  ...answering(empty({}), [['GET', '/calldata/{agentid}/statistics', 'queryCallStatisticsInfo']]),
  ...answering(noCall('400-001'), [
    ['PUT', '/calldata/{agentid}', 'setCallAppData'],
    ['GET', '/calldata/{agentid}/appdata', 'queryCallAppData'],
    ['GET', '/calldata/{agentid}/callinfo', 'queryCallInfo'],
    ['GET', '/calldata/{agentid}/callinfobeforeanswer', 'queryCallInfoBeforeAnswer'],
    ['GET', '/calldata/{agentid}/callinfobycallid/{callid:.{1,}}', 'queryCallInfoByCallId'],
    ['PUT', '/calldata/{agentid}/getcallbusinessdata', 'getCallBusinessData', 'jsonBody'],
    ['PUT', '/calldata/{agentid}/setcallbusinessdata', 'setCallBusinessData', 'jsonBody'],
    ['PUT', '/calldata/{agentid}/setcalldataex', 'setCallAppDataEx', 'jsonBody'],
    ['POST', '/qualitycontrol/{agentid}/forcedropcall/{callid:.{1,}}', 'forceDropCall'],
  ]),
  ...answering(noCall('200-002'), [
    ['PUT', '/voicecall/{agentid}/answer', 'answer'],
    ['PUT', '/voicecall/{agentid}/phonepickup', 'phonePickup'],
  ]),
  ...answering(noCall('200-003'), [
    ['POST', '/voicecall/{agentid}/beginmute', 'beginMute'],
    ['POST', '/voicecall/{agentid}/beginmutevideo', 'beginMuteVideo'],
  ]),
  ...answering(noCall('200-005'), [
    ['POST', '/voicecall/{agentid}/connecthold/{callid:.{1,}}', 'connectHold'],
  ]),
  ...answering(noCall('200-007'), [
    ['POST', '/voicecall/{agentid}/endmute', 'endMute'],
    ['POST', '/voicecall/{agentid}/endmutevideo', 'endMuteVideo'],
  ]),
  ...answering(noCall('200-009'), [['POST', '/voicecall/{agentid}/reportsound', 'reportSound', 'jsonBody']]),
  ...answering(noCall('200-010'), [['POST', '/voicecall/{agentid}/confjoin', 'confJoin', 'jsonBody']]),
  ...answering(noCall('200-012'), [
    ['POST', '/voicecall/{agentid}/canceltransfer', 'cancelTransfer'],
    ['POST', '/voicecall/{agentid}/transfer', 'transfer', 'jsonBody'],
  ]),
  ...answering(noCall('200-013'), [['POST', '/voicecall/{agentid}/hold', 'hold']]),
  ...answering(noCall('200-015'), [['POST', '/voicecall/{agentid}/gethold', 'getHold']]),
  ...answering(noCall('200-017'), [
    ['DELETE', '/voicecall/{agentid}', 'releaseForVTM'],
    ['POST', '/voicecall/{agentid}/disconnect/{number:[0-9][\\d]{1,24}}', 'disconnect'],
    ['POST', '/voicecall/{agentid}/dropcall/{callid:.{1,}}', 'dropCall'],
    ['PUT', '/voicecall/{agentid}/phonehangup', 'phoneHangUp'],
    ['DELETE', '/voicecall/{agentid}/release', 'release'],
    ['DELETE', '/voicecall/{agentid}/releasephone', 'releasePhone'],
    ['POST', '/voicecall/{agentid}/seconddial/{number:[0-9,%*]{1,24}}', 'secondDial'],
  ]),
  ...answering(noCall('200-018'), [['POST', '/voicecall/{agentid}/innerhelp', 'innerHelp', 'jsonBody']]),
  ...answering(noCall('500-001'), [
    ['POST', '/recordplay/{agentid}/backfast/{time:[1-9][\\d]{0,}}', 'backFastPlay'],
  ]),
  ...answering(noCall('500-002'), [
    ['POST', '/recordplay/{agentid}/forefast/{time:[1-9][\\d]{0,}}', 'foreFastPlay'],
  ]),
  ...answering(noCall('500-003'), [['POST', '/recordplay/{agentid}/pauseplay', 'pausePlay']]),
  ...answering(noCall('500-004'), [['POST', '/recordplay/{agentid}/pauserecord', 'pauseRecord']]),
  ...answering(noCall('500-005'), [['POST', '/recordplay/{agentid}/resumeplay', 'resumePlay']]),
  ...answering(noCall('500-006'), [['POST', '/recordplay/{agentid}/resumerecord', 'resumeRecord']]),
  ...answering(noCall('500-008'), [['DELETE', '/recordplay/{agentid}/stoprecord', 'stopRecord']]),
  ...answering(noCall('500-009'), [['DELETE', '/recordplay/{agentid}/stopplay', 'stopPlay']]),
  ...answering({ kind: 'notOffered' }, [
    ['POST', '/onlineagent/{agentid}/logininfo', 'loginInfo'],
    ['POST', '/qualitycontrol/{agentid}/cancelselfrecord', 'qcCancelAgentSelfRecord'],
    ['POST', '/qualitycontrol/{agentid}/deleteVideoTask', 'deleteVideoTask'],
    ['DELETE', '/qualitycontrol/{agentid}/deleteqctask', 'deleteQcTask'],
    ['GET', '/qualitycontrol/{agentid}/queryurlinfo', 'queryUrlInfo'],
    ['POST', '/qualitycontrol/{agentid}/registerDataToServer', 'registerDataToServer'],
    [
      'POST',
      '/qualitycontrol/{agentid}/setselfrecord/{recordflag:[0]|[1]}/{recordbeforetalking:[0]|[1]}',
      'qcSetAgentSelfRecord',
    ],
    ['POST', '/qualitycontrol/{agentid}/startOrStopVideoPlay', 'startOrStopVideoPlay'],
    ['POST', '/qualitycontrol/{agentid}/startVideoMonitor', 'startVideoMonitor', 'jsonBody'],
    ['POST', '/qualitycontrol/{agentid}/startVideoOperation', 'startVideoOperation'],
    ['POST', '/qualitycontrol/{agentid}/stopVideoMonitor', 'stopVideoMonitor', 'jsonBody'],
    ['GET', '/recordplay/{agentid}/batchrecordzipfileurl', 'queryBatchRecordZipFileURL'],
    ['PUT', '/recordplay/{agentid}/play', 'beginPlay', 'jsonBody'],
    ['PUT', '/recordplay/{agentid}/record', 'beginRecord'],
    ['GET', '/recordplay/{agentid}/recordfilefromrecordid', 'queryRecordFileFromRecordID'],
    ['GET', '/recordplay/{agentid}/recordfileurl', 'queryRecordFileURL'],
    ['PUT', '/recordplay/{agentid}/recordwithoutfilename', 'beginRecordWithoutFilename'],
    ['GET', '/recordplay/{agentid}/recordzipfileurl', 'queryRecordZipFileURL'],
    ['PUT', '/textchat/{workno}/answer/{callid}', 'answer'],
    ['PUT', '/textchat/{workno}/chatmessage', 'chat', 'jsonBody'],
    ['DELETE', '/textchat/{workno}/drop/{callid}', 'drop'],
    ['PUT', '/textchat/{workno}/internalcall/{destno}', 'internalCall'],
    ['DELETE', '/textchat/{workno}/reject/{callid}', 'reject'],
    ['POST', '/textchat/{workno}/transfer', 'tranfser', 'jsonBody'],
    ['PUT', '/voicecall/{agentid}/callinner', 'callInner', 'jsonBody'],
    ['PUT', '/voicecall/{agentid}/callout', 'callout', 'jsonBody'],
    ['PUT', '/voicecall/{agentid}/previewcallout', 'previewCallOut', 'jsonBody'],
    ['POST', '/voicecall/{agentid}/requestcall/{callid:.{1,}}/{skilltype:[0]|[1]}', 'requestAppointedCall'],
    ['POST', '/voicecall/{agentid}/seconddialex', 'secondDialEx'],
    ['POST', '/voicecall/{agentid}/snatchpickup', 'snatchPickUp'],
    ['GET', '/calldata/{agentid}/remotenumbers/{number}', 'queryRemoteNumbersByNumber'],
    ['PUT', '/textchat/{agentid}/mediafile', 'mediaFile'],
    ['PUT', '/textchat/{agentid}/sendmessagewithoutcall', 'sendMessageWithoutCall'],
    ['PUT', '/textchat/{agentid}/confirmmessage', 'confirmMessage'],
    ['GET', '/textchat/{agentid}/callcontent', 'queryCallContent'],
    ['GET', '/textchat/{agentid}/callsession', 'queryCallSession'],
    ['PUT', '/recordplay/{agentid}/startrecordscreen', 'startRecordScreen'],
    ['DELETE', '/recordplay/{agentid}/stoprecordscreen', 'stopRecordScreen'],
    ['GET', '/recordplay/{agentid}/getconnecttoken', 'getConnectToken'],
  ]),
];

/** Families of which no operation is offered; every path below them answers so. */
export const LATER_FAMILIES = ['agentconf', 'eccconfig', 'multimediaconf'] as const;

/** Every code that a row may answer, beside those of the transport. */
export function laterCodes({ hasBody, answer }: LaterOperation): readonly ResultCode[] {
  const refusals = SESSION_CODES.filter((code) => code !== '0');
  return [...refusals, ...(hasBody ? ['000-006' as const] : []), ...ownCodes(answer)];
}

function ownCodes(answer: LaterAnswer): readonly ResultCode[] {
  switch (answer.kind) {
    case 'empty':
      return ['0'];
    case 'noCall':
      return [answer.code];
    case 'notOffered':
      return [];
  }
}

function empty(result: EmptyResult): LaterAnswer {
  return { kind: 'empty', result };
}

function noCall(code: ResultCode): LaterAnswer {
  return { kind: 'noCall', code };
}

function answering(answer: LaterAnswer, rows: readonly Row[]): readonly LaterOperation[] {
  return rows.map(([method, path, logName, body]) => ({
    method,
    path,
    logName,
    hasBody: body === 'jsonBody',
    answer,
  }));
}
