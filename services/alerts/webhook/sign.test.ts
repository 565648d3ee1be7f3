import { expect, test } from 'vitest'
import { signMessage } from './sign.ts'

test("the specification's own example", () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const headers = signMessage(
    secret,
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330_999,
    '{"test": 2432232314}',
  )
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('another secret, id, time or body is another signature', () => {
  const signatures = [
    signMessage('a secret of some length', 'id', 1_000, 'body'),
    signMessage('another secret of length', 'id', 1_000, 'body'),
    signMessage('a secret of some length', 'ie', 1_000, 'body'),
    signMessage('a secret of some length', 'id', 2_000, 'body'),
    signMessage('a secret of some length', 'id', 1_000, 'bodz'),
  ].map(headers => headers['webhook-signature'])
  expect(new Set(signatures).size).toBe(5)
})
