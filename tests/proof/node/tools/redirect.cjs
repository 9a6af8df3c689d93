// Loaded with `node --require`: what goes to Adobe IMS by its real name goes to the double at IMS_DOUBLE instead.
'use strict';

const http = require('http');
const https = require('https');
const { syncBuiltinESMExports } = require('module');
const { urlToHttpOptions } = require('url');

const double = new URL(process.env.IMS_DOUBLE);
const prefix = double.pathname.replace(/\/$/, '');
const isIms = (host) => /^ims-na1(-stg1)?\.adobelogin\.com$/.test(host);

const original = { http: http.request, https: https.request };

function redirecting(native) {
  return function request(...args) {
    const given = [...args];
    const callback = typeof given[given.length - 1] === 'function' ? given.pop() : undefined;
    const first = typeof given[0] === 'string' ? new URL(given[0]) : given[0];
    const options = first instanceof URL ? { ...urlToHttpOptions(first), ...given[1] } : { ...first };
    if (!isIms(options.hostname || String(options.host || '').split(':')[0])) {
      return native.apply(this, args);
    }
    // An agent for TLS refuses a plain connection.
    delete options.agent;
    delete options._defaultAgent;
    delete options.createConnection;
    return original.http.call(http, {
      ...options,
      protocol: double.protocol,
      host: double.hostname,
      hostname: double.hostname,
      port: double.port,
      defaultPort: undefined,
      path: prefix + (options.path || '/'),
    }, callback);
  };
}

for (const [module, native] of [[http, original.http], [https, original.https]]) {
  module.request = redirecting(native);
  module.get = (...args) => {
    const request = module.request(...args);
    request.end();
    return request;
  };
}
// Named imports of an ES module see the change only then.
syncBuiltinESMExports();

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const url = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
  if (!isIms(url.hostname)) {
    return fetch(input, init);
  }
  const target = new URL(prefix + url.pathname + url.search, double);
  return typeof input === 'string' || input instanceof URL ? fetch(target, init) : fetch(new Request(target, input), init);
};
