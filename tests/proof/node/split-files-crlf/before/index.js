const getToken = require('./lib/token')

getToken().then(console.log, console.error)
