/** A child process that does nothing. */
setInterval(() => undefined, 1e6)
process.stdout.write('ready\n')
