import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DECLARATIONS } from './declarations.ts'
import { openGatewayFormat } from './formats.ts'
import type { ParsedLine } from './gateway-format.ts'

/** What lines that were made up from a program's documentation are read as, one answer a request. */

const FOLDER = new URL('../../test/samples/formats/', import.meta.url)

/** Who is metered, when on 2026-10-01 at 12:00, status, bytes in and out, and the id that no caller can set. */
function tell(parsed: ParsedLine): string {
  if (parsed.kind === 'blank') return 'blank'
  if (parsed.kind === 'rejected') return parsed.reason
  const { clientId, integrationId, timeMs, status, requestBytes, responseBytes, requestId = '-' } = parsed
  const name = integrationId === '' ? clientId : `${clientId} through ${integrationId}`
  const time = new Date(timeMs).toISOString().replace('2026-10-01T12:00:', '').replace('Z', '')
  return [name, time, status, requestBytes, responseBytes, requestId].join(' | ')
}

function read(format: string, client: string | undefined): string[] {
  const opened = openGatewayFormat(format, { client })
  const lines = readFileSync(new URL(`${format}.txt`, FOLDER))
  if (opened.openFile !== undefined) return opened.parseValue(lines).map(tell)
  const values = lines.toString().trimEnd().split('\n')
  return values.flatMap(value => opened.parseValue(Buffer.from(value))).map(tell)
}

const EXPECTED: Readonly<Record<string, readonly [client: string | undefined, answers: readonly string[]]>> =
  {
    apisix: [
      undefined,
      ['nordlys | 01.123 | 200 | 120 | 741 | -', 'client_missing', 'birk | 03.000 | 502 | 80 | 300 | -'],
    ],
    'aws-alb': [
      'remote_addr',
      [
        '192.0.2.7 | 01.186 | 200 | 120 | 741 | -',
        '2001:db8::1 | 02.000 | 460 | 0 | 0 | -',
        '192.0.2.7 | 03.000 | 0 | 0 | 0 | -',
        '192.0.2.7 | 04.000 | 200 | 34 | 366 | -',
      ],
    ],
    'aws-api-gateway': ['apiKeyId', ['k1 | 01.123 | 200 | 0 | 741 | JKJaXmPLvHcESHA=', 'client_missing']],
    'azure-api-management': [
      undefined,
      [
        'nordlys-as | 01.123 | 200 | 120 | 741 | 8f2c1b00-0000-4000-8000-000000000001',
        'client_missing',
        'blank',
      ],
    ],
    cloudevents: [
      undefined,
      [
        'nordlys-as through regnskap | 01.123 | 200 | 120 | 741 | /gateways/1 a1',
        'birk | 02.000 | 429 | 0 | 0 | /gateways/2 a1',
        'field_missing',
      ],
    ],
    cloudfront: [
      'c-ip',
      [
        'blank',
        'blank',
        '192.0.2.7 | 01.000 | 200 | 120 | 900 | SOX4xwn4XV6Q4rgb==',
        '192.0.2.7 | 02.000 | 0 | 80 | 0 | SOX4xwn4XV6Q4rgc==',
        'blank',
        'blank',
        '192.0.2.7 | 03.000 | 200 | 120 | 900 | SOX4xwn4XV6Q4rgd==',
        '192.0.2.7 | 04.000 | 200 | 0 | 900 | SOX4xwn4XV6Q4rge==',
      ],
    ],
    'cloudfront-json': [
      'c-ip',
      [
        '192.0.2.7 | 01.492 | 200 | 120 | 900 | SOX4xwn4XV6Q4rgb==',
        '2001:db8::1 | 02.000 | 0 | 0 | 0 | SOX4xwn4XV6Q4rgc==',
        '192.0.2.7 | 03.000 | 499 | 80 | 900 | SOX4xwn4XV6Q4rgd==',
        'field_missing',
      ],
    ],
    'google-load-balancer': [
      'httpRequest.remoteIp',
      [
        '192.0.2.7 | 01.123 | 200 | 120 | 741 | 1vzs264g1u90hp5',
        '192.0.2.7 | 02.000 | 0 | 0 | 0 | 1vzs264g1u90hp6',
        '192.0.2.7 | 03.500 | 200 | 44 | 333 | 1sdwgjfdxuj9',
        '2001:db8::1 | 04.000 | 200 | 44 | 333 | 1sdwgjfdxuj8',
      ],
    ],
    iis: [
      undefined,
      [
        'blank',
        'blank',
        'blank',
        'blank',
        'NORDLYS\\ola | 01.000 | 200 | 120 | 900 | -',
        'client_missing',
        'blank',
        'blank',
        'fjord as | 03.000 | 200 | 120 | 900 | -',
        'blank',
        'field_missing',
        'blank',
        'NORDLYS\\ola | 05.000 | 404 | 120 | 900 | -',
      ],
    ],
    'istio-json': [
      'downstream_remote_address',
      ['10.0.0.9 | 01.123 | 200 | 5 | 741 | -', '10.0.0.8 | 02.000 | 0 | 0 | 0 | -'],
    ],
    istio: [
      'downstream_remote_address',
      [
        '10.0.0.9 | 01.123 | 200 | 5 | 741 | -',
        '10.0.0.8 | 02.000 | 0 | 0 | 0 | -',
        '2001:db8::8 | 03.000 | 0 | 100 | 200 | -',
      ],
    ],
    kong: [
      undefined,
      [
        '2f3e1b5c-0000-4000-8000-000000000001 | 01.123 | 200 | 120 | 741 | 8b2f1e5c1f5b6a3e9d0c4a7b2e6f1d38',
        'client_missing',
        'birk | 03.000 | 200 | 80 | 10 | a1',
        'birk | 03.001 | 429 | 81 | 11 | a2',
      ],
    ],
    krakend: [
      undefined,
      ['192.0.2.7 | 01.000 | 200 | 0 | 0 | -', '2001:db8::1 | 02.000 | 500 | 0 | 0 | -', 'line_not_combined'],
    ],
    openmeter: [
      undefined,
      [
        'nordlys-as | 01.123 | 0 | 0 | 0 | kong 5c10fade-1c9e-4d6c-8275-c52c36731d3c',
        'birk | 02.000 | 200 | 120 | 741 | kong b1',
      ],
    ],
    'spring-cloud-gateway': [
      undefined,
      [
        '192.0.2.7 | 01.000 | 200 | 0 | 741 | -',
        '192.0.2.7 | 02.000 | 204 | 0 | 0 | -',
        'time_invalid',
        'line_not_combined',
        '192.0.2.7 | 04.000 | 200 | 0 | 741 | -',
        '192.0.2.7 | 05.000 | 200 | 0 | 741 | -',
        '0:0:0:0:0:0:0:1 | 06.000 | 200 | 0 | 741 | -',
        'time_invalid',
      ],
    ],
    'traefik-clf': [
      'remote_user',
      [
        'nordlys-as | 01.000 | 200 | 0 | 741 | -',
        'client_missing',
        'line_not_combined',
        'client_unauthenticated',
      ],
    ],
    'traefik-json': [
      undefined,
      ['nordlys-as | 01.123 | 200 | 5 | 741 | -', 'client_missing', 'client_unauthenticated'],
    ],
    tyk: ['alias', ['nordlys-as | 01.123 | 200 | 5 | 0 | -', 'client_missing']],
  }

describe('each format that was read from documentation', () => {
  test('has its lines', () => {
    const documented = DECLARATIONS.filter(({ evidence }) => evidence === 'documentation')
    const read = Object.keys(EXPECTED)
    expect(readdirSync(FOLDER).sort()).toEqual(read.map(format => `${format}.txt`).sort())
    expect(read).toEqual(expect.arrayContaining(documented.map(({ format }) => format)))
  })

  test.each(Object.entries(EXPECTED))('%s', (format, [client, answers]) => {
    expect(read(format, client)).toEqual(answers)
  })

  test('and none tells of what a caller sent, when it rejects a line', () => {
    for (const format of Object.keys(EXPECTED)) {
      const { parseValue } = openGatewayFormat(format, { client: EXPECTED[format]?.[0] })
      const details = parseValue(readFileSync(new URL(`${format}.txt`, FOLDER))).flatMap(each =>
        each.kind === 'rejected' ? [each.detail] : [],
      )
      expect(details.join()).not.toMatch(/token=|apikey|subscription-key/)
    }
  })
})
