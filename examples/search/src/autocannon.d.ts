// Shows: the few words of the load generator that this program uses; the package brings no types of its own.
declare module 'autocannon' {
  interface AutocannonRequest {
    path?: string
    headers?: Record<string, string>
    setupRequest?: (request: AutocannonRequest, context: object) => AutocannonRequest
    onResponse?: (status: number, body: string, context: object, headers: Record<string, string>) => void
  }
  interface AutocannonOptions {
    url: string
    connections: number
    amount: number
    timeout: number
    sampleInt: number
    requests: AutocannonRequest[]
  }
  interface AutocannonResult {
    timeouts: number
    errors: number
  }
  export default function autocannon(options: AutocannonOptions): Promise<AutocannonResult>
}
