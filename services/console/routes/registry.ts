import { registryUploadShape } from '@forbruk/schemas/registry/registry-upload.ts'
import { validatorCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import type { ConsoleServer } from '../server/build-server.ts'
import { ProblemError, problemShape } from '../server/problem.ts'
import { importedShape, type Operations, type RegistryAnswer } from './operations.ts'

export function addRegistryRoutes(app: ConsoleServer, { importRegistry }: Operations): void {
  app.register(async scope => {
    // A registry is large: its bytes go on as they come, to where they are read and checked.
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser('application/json', (_request, payload, done) => done(null, payload))
    scope.setValidatorCompiler<z.core.$ZodType>(route =>
      route.httpPart === 'body' ? () => true : validatorCompiler(route),
    )
    scope.post(
      '/v1/registry',
      {
        config: { access: { role: 'closer', act: 'import_registry' } },
        schema: {
          summary: 'Import the registry, all or nothing',
          body: registryUploadShape,
          response: {
            200: importedShape,
            400: problemShape,
            409: problemShape,
            413: problemShape,
            422: problemShape,
          },
        },
      },
      async (request, reply) => {
        const answer = await importRegistry(request.raw)
        // What was not read of it would be taken for the next request.
        if (!request.raw.readableEnded) reply.header('connection', 'close')
        return orRefuse(answer)
      },
    )
  })
}

function orRefuse(answer: RegistryAnswer) {
  switch (answer.kind) {
    case 'imported':
      return answer.imported
    case 'faulty':
      throw new ProblemError({
        kind: 'registry_faulty',
        status: 422,
        detail: `nothing was imported: ${answer.faultCount} mistakes`,
        more: { faults: answer.faults, faultCount: answer.faultCount },
      })
    case 'malformed':
      throw new ProblemError({ kind: 'request_malformed', status: 400, detail: answer.detail })
    case 'too_large':
      throw new ProblemError({ kind: 'request_malformed', status: 413, detail: answer.detail })
    case 'busy':
      throw new ProblemError({
        kind: 'import_running',
        status: 409,
        detail: 'another registry is being imported here now; ask again when that is done',
      })
  }
}
