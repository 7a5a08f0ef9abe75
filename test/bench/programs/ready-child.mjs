process.on('message', () => undefined)
process.send('ready')
