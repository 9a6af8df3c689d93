const axios = require('axios');

const stats = { requests: 0 };

const http = axios.create({ baseURL: 'https://ims-na1.adobelogin.com', timeout: 15000 });

http.interceptors.request.use((config) => {
  stats.requests += 1;
  config.headers.set('X-Request-Id', `req-${stats.requests}`);
  return config;
});

http.interceptors.response.use(
  (response) => response.data,
  (error) => Promise.reject(Object.assign(new Error('IMS_FAILED'), { status: error.response && error.response.status })),
);

module.exports = { http, stats };
