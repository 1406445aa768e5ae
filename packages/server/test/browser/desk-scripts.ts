/** What a page of an agent's desk does with the browser client; `seen` is what it was told, in order. */

const BEGIN = `
var seen = [];
window.onerror = function (message) { seen.push(message); };
function asAgent(more) {
  more.agentid = '291';
  return more;
}
function signIn() {
  return asAgent({ $entity: { password: '', phonenum: '40038', status: '4' } });
}
`;

/** Every step by callback: the poll goes on by itself, and each event leads to the next step. */
export const CALLBACK_DESK = `${BEGIN}
function told(what) {
  return function (status, xhr, entity) {
    if (status !== 200 || entity.retcode !== '0') seen.push(what + ' ' + status + ' ' + xhr.responseText);
  };
}
function becomeBusy() {
  OnlineAgent.sayBusy(asAgent({ reason: 200, $callback: told('sayBusy') }));
}
var steps = {
  AgentState_Ready: function () {
    OnlineAgent.resetSkill(asAgent({ autoflag: 'false', skillid: '1;2', $callback: function (status, xhr, entity) {
      told('resetSkill')(status, xhr, entity);
      AgentGroup.queryAgentIdsBySkillId(asAgent({ skillid: 2, $callback: function (status, xhr, entity) {
        seen.push('serves queue 2: ' + entity.result);
        becomeBusy();
      } }));
    } }));
  },
  AgentState_SetNotReady_Success: function () {
    OnlineAgent.sayFree(asAgent({ $callback: told('sayFree') }));
  },
  AgentState_CancelNotReady_Success: function () {
    OnlineAgent.rest(asAgent({ time: 600, restcause: 7, $callback: told('rest') }));
  },
  AgentState_SetRest_Success: function () {
    OnlineAgent.cancelRest(asAgent({ $callback: told('cancelRest') }));
  },
  AgentState_CancelRest_Success: function () {
    OnlineAgent.logout(asAgent({ $callback: told('logout') }));
  }
};
function poll() {
  AgentEventDispatcher.getAgentEvent(asAgent({ $callback: function (status, xhr, entity) {
    if (entity.retcode !== '0') return seen.push('over ' + status + ' ' + entity.retcode);
    if (entity.event) {
      seen.push(entity.event.eventType);
      if (steps[entity.event.eventType]) steps[entity.event.eventType]();
    }
    poll();
  } }));
}
var entry = signIn();
entry.$callback = function (status, xhr, entity) {
  seen.push('login ' + status + ' ' + entity.retcode + ' ' + entity.result.workno);
  poll();
};
OnlineAgent.login(entry);
`;

/** The same one after another. */
export const SYNCHRONOUS_DESK = `${BEGIN}
function call(what, entity) {
  if (entity.retcode !== '0') seen.push(what + ' ' + entity.retcode);
}
function readEvent() {
  var entity = AgentEventDispatcher.getAgentEvent({ agentid: '291' });
  seen.push(entity.event ? entity.event.eventType : 'no event ' + entity.retcode);
}
var entered = OnlineAgent.login(signIn());
seen.push('login 200 ' + entered.retcode + ' ' + entered.result.workno);
readEvent();
readEvent();
call('resetSkill', OnlineAgent.resetSkill(asAgent({ autoflag: 'false', skillid: '1;2' })));
seen.push('serves queue 2: ' + AgentGroup.queryAgentIdsBySkillId(asAgent({ skillid: 2 })).result);
call('sayBusy', OnlineAgent.sayBusy(asAgent({ reason: 200 })));
readEvent();
call('sayFree', OnlineAgent.sayFree(asAgent({})));
readEvent();
call('rest', OnlineAgent.rest(asAgent({ time: 600, restcause: 7 })));
readEvent();
call('cancelRest', OnlineAgent.cancelRest(asAgent({})));
readEvent();
call('logout', OnlineAgent.logout(asAgent({})));
seen.push('over 200 ' + AgentEventDispatcher.getAgentEvent(asAgent({})).retcode);
`;
