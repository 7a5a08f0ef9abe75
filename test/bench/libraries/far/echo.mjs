/** What pools load that run the default export of a module. */
export default (message) => message
