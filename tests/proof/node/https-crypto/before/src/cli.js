#!/usr/bin/env node
'use strict'

const { fetchToken } = require('./token')

const commands = {
  token: async () => console.log(await fetchToken(process.env)),
  help: async () => console.log('usage: cli.js token|help')
}

const command = commands[process.argv[2]] || commands.help
command().catch(err => {
  console.error(err.message)
  process.exit(1)
})
