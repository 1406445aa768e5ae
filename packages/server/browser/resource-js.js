// Browser client of the gateway API, rules RJ-1 to RJ-10 of docs/spec/resource-js.md. Plain ES5 for pages of any age; the
// server appends one object a family, made from the contract.

/** Token of the session; pages may read and set it. */
var cookiestring = window.cookiestring || '';

var REST = (function () {
  var Encoding = {
    encodePathSegment: encode,
    encodePathParamName: encode,
    encodePathParamValue: encode,
    encodeQueryParamNameOrValue: encode,
    encodeFormNameOrValue: function (text) {
      return encode(text).replace(/%20/g, '+');
    },
  };

  function encode(text) {
    return encodeURIComponent(String(text));
  }

  /** Ends the special request that is on its way. */
  var endSpecial = function () {};

  function Request() {
    this.special = false;
    this.method = 'GET';
    this.uri = '';
    this.accepts = '*/*';
    this.contentType = null;
    this.timeoutHandle = null;
    this.credentials = null;
    this.async = true;
    this.entity = null;
    this.query = [];
    this.headers = [];
  }

  Request.prototype = {
    setSpecial: function (isSpecial) {
      this.special = isSpecial;
    },
    setMethod: function (method) {
      this.method = method;
    },
    setURI: function (uri) {
      this.uri = uri;
    },
    setAccepts: function (types) {
      this.accepts = types;
    },
    setContentType: function (type) {
      this.contentType = type;
    },
    setTimeoutHandle: function (handle) {
      this.timeoutHandle = handle;
    },
    setCredentials: function (username, password) {
      this.credentials = [username, password];
    },
    setAsync: function (isAsync) {
      this.async = isAsync;
    },
    setEntity: function (entity) {
      this.entity = entity;
    },
    addQueryParameter: function (name, value) {
      this.query.push([name, value]);
    },
    addHeader: function (name, value) {
      this.headers.push([name, value]);
    },
    execute: function (callback) {
      var request = this;
      var xhr = new XMLHttpRequest();
      var isOver = false;
      if (request.special) {
        endSpecial();
        endSpecial = function () {
          isOver = true;
          xhr.abort();
        };
      }
      open(xhr, request);
      if (request.async) {
        xhr.timeout = REST.timeoutMs;
        if (request.timeoutHandle) xhr.ontimeout = request.timeoutHandle;
        xhr.onreadystatechange = function () {
          if (xhr.readyState === 4) finish();
        };
        xhr.send(bodyOf(request));
        return;
      }
      try {
        xhr.send(bodyOf(request));
      } catch (_noAnswer) {
        REST.log('no answer: see the network log of the browser');
      }
      finish();

      function finish() {
        if (isOver) return;
        isOver = true;
        if (request.special) endSpecial = function () {};
        REST.log(request.method + ' ' + request.uri + ' answered ' + xhr.status);
        if (xhr.status !== 0) adoptToken(xhr.getResponseHeader('Set-GUID'));
        if (callback) callback(xhr.status, xhr, entityOf(xhr));
      }
    },
  };

  function open(xhr, request) {
    var credentials = request.credentials || [];
    xhr.open(request.method, addressOf(request), request.async, credentials[0], credentials[1]);
    xhr.setRequestHeader('Accept', request.accepts);
    if (request.contentType || bodyOf(request) !== null) {
      xhr.setRequestHeader('Content-Type', request.contentType || 'application/json');
    }
    if (cookiestring) xhr.setRequestHeader('Guid', withoutName(cookiestring));
    request.headers.forEach(function (header) {
      xhr.setRequestHeader(header[0], header[1]);
    });
  }

  function addressOf(request) {
    var pairs = request.query.map(function (pair) {
      return (
        Encoding.encodeQueryParamNameOrValue(pair[0]) + '=' + Encoding.encodeQueryParamNameOrValue(pair[1])
      );
    });
    if (pairs.length === 0) return request.uri;
    return request.uri + (request.uri.indexOf('?') < 0 ? '?' : '&') + pairs.join('&');
  }

  function bodyOf(request) {
    if (request.entity === null || request.entity === undefined) return null;
    return typeof request.entity === 'string' ? request.entity : JSON.stringify(request.entity);
  }

  function entityOf(xhr) {
    if (xhr.status === 0) return undefined;
    var type = xhr.getResponseHeader('Content-Type') || '';
    return type.indexOf('application/json') === 0 ? JSON.parse(xhr.responseText) : xhr.responseText;
  }

  function adoptToken(given) {
    if (given) cookiestring = withoutName(given);
  }

  function withoutName(token) {
    return token.replace(/^JSESSIONID=/, '');
  }

  /** One function an operation, made of texts such as `POST /onlineagent/{agentid}/saybusy` by name. */
  function family(operations) {
    var functions = {};
    Object.keys(operations).forEach(function (name) {
      functions[name] = operationFunction(operations[name]);
    });
    return functions;
  }

  function operationFunction(text) {
    var method = text.split(' ')[0];
    var template = text.split(' ')[1];
    return function (params) {
      var given = params || {};
      var request = new Request();
      var inPath = [];
      var path = template.replace(/\{(\w+)\}/g, function (_whole, name) {
        inPath.push(name);
        return Encoding.encodePathSegment(given[name]);
      });
      request.setMethod(method);
      request.setURI((given.$apiURL || REST.apiURL) + path);
      Object.keys(given).forEach(function (name) {
        if (name.charAt(0) !== '$' && inPath.indexOf(name) < 0) addValues(request, name, given[name]);
      });
      if (given.$username && given.$password) request.setCredentials(given.$username, given.$password);
      if (given.$accepts) request.setAccepts(given.$accepts);
      if (given.$contentType) request.setContentType(given.$contentType);
      request.setEntity(given.$entity);
      if (given.$callback) {
        request.execute(given.$callback);
        return undefined;
      }
      var answered;
      request.setAsync(false);
      request.execute(function (_status, _xhr, entity) {
        answered = entity;
      });
      return answered;
    };
  }

  function addValues(request, name, value) {
    if (value === undefined || value === null) return;
    (Array.isArray(value) ? value : [value]).forEach(function (each) {
      request.addQueryParameter(name, each);
    });
  }

  /** The server that this script came from; where that cannot be told, the page's own. */
  function servingOrigin() {
    var script = document.currentScript;
    var origin = /^https?:\/\/[^/?#]+/i.exec((script && script.src) || location.href);
    return origin === null ? '' : origin[0];
  }

  return {
    apiURL: servingOrigin() + '/agentgateway/resource',
    /** How long a request without a synchronous caller waits for its answer; a poll is held for ten seconds. */
    timeoutMs: 120000,
    /** Above 0 the console tells of each request, without its parameters. */
    loglevel: 0,
    log: function (text) {
      if (REST.loglevel > 0) console.log(text);
    },
    Request: Request,
    Encoding: Encoding,
    family: family,
  };
})();
