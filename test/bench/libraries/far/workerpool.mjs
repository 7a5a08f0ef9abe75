import workerpool from 'workerpool'

workerpool.worker({ echo: (message) => message })
