/** What the help of commands that read lines says of who is metered. */
export const FIELDS_EXPLAINED = `Who is metered (--client-field), and on whose word, each format says:
forbruk formats show FORMAT
  the gateway's     it knows it by itself: an address it talked to, a consumer it has authenticated
  the caller's      it is written down as it was sent, such as remote_user: sound only where every location demands a
                    password
  your log format's extra1 … of a combined line, a field of your own JSON: sound for what the gateway has
                    authenticated; never for a header that was sent
A request answered with 401 or 407 counts for no client, unless its name is the gateway's word.
Around a line: syslog+combined (RFC 3164 and 5424), cri+… (Kubernetes), docker+… (json-file).`
