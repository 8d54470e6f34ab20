import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Configuration, default as Provider } from 'oidc-provider'

/** An OpenID Connect issuer, in which a test plays the user. */
export interface Issuer {
  /** `http://127.0.0.1:port` */
  readonly url: string
  /** The requests so far, such as `POST /token refresh_token`, and what was answered: `200` or the error. */
  readonly requests: readonly string[]
  /** Consents to a log-in, as the user does who enters the code. */
  approve(code: string): Promise<void>
  /** Refuses it. */
  deny(code: string): Promise<void>
  /** Seconds between two questions whether the user has consented; the programs take whole numbers only. */
  interval: number
  stop(): Promise<void>
}

/** The one client that an issuer knows, and the audience of its tokens. */
export const CLIENT_ID = 'servers'
export const AUDIENCE = 'https://servers.example'

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const SCOPE = 'openid offline_access email'
/** Who logs in. */
export const USER = 'jane@example.com'

function configure(): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: [DEVICE_CODE, 'refresh_token'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    claims: { email: ['email'] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: 3600, DeviceCode: 600, IdToken: 3600, Grant: 3600, RefreshToken: 3600 },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: sub }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      // The servers verify an access token by its signature, so it has to be a JWT.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ audience: AUDIENCE, scope: 'api', accessTokenFormat: 'jwt' }),
      },
    },
  }
}

/** Starts an issuer on a free port of this machine. */
export async function startIssuer(): Promise<Issuer> {
  let listener: RequestListener | undefined
  const server = createServer((request, response) => listener?.(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // Safe cast: it listens on a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = await createProvider(url)
  const requests: string[] = []
  provider.use(async (ctx, next) => {
    await next()
    const { grant_type: grant = '' } = (ctx.oidc?.params ?? {}) as { readonly grant_type?: string }
    const { error } = (ctx.body ?? {}) as { readonly error?: string }
    requests.push(
      `${ctx.method} ${ctx.path} ${grant.split(':').at(-1)} ${error ?? ctx.status}`.replace('  ', ' '),
    )
    // Without it, clients wait for 5 s.
    const { interval } = issuer
    if (ctx.path === '/device/auth' && ctx.status === 200) Object.assign(ctx.body as object, { interval })
  })
  listener = provider.callback()

  async function decide(code: string, decision: (found: InstanceType<Provider['DeviceCode']>) => unknown) {
    const found = await provider.DeviceCode.findByUserCode(code.replace(/\W/g, ''))
    if (found === undefined) throw new Error('The issuer knows no such code')
    await decision(found)
    await found.save()
  }

  const issuer: Issuer = {
    url,
    requests,
    interval: 0.02,
    approve: code =>
      decide(code, async found => {
        const grant = new provider.Grant({ accountId: USER, clientId: CLIENT_ID })
        grant.addOIDCScope(SCOPE)
        grant.addResourceScope(AUDIENCE, 'api')
        const grantId = await grant.save()
        Object.assign(found, { accountId: USER, grantId, authTime: Math.floor(Date.now() / 1000) })
        Object.assign(found, { scope: `${SCOPE} api`, resource: AUDIENCE, claims: {} })
      }),
    deny: code => decide(code, found => Object.assign(found, { error: 'access_denied' })),
    stop: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return issuer
}

// It warns of what is not meant for production, such as keys that everybody knows.
async function createProvider(url: string): Promise<Provider> {
  const { warn } = console
  console.warn = () => {}
  try {
    const { default: Provider } = await import('oidc-provider')
    return new Provider(url, configure())
  } finally {
    console.warn = warn
  }
}
