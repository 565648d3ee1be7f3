/*
 * The block protocol: one partition's log, two aggregators that both believe it is theirs, and a store whose tables
 * keep the highest version of each key. README.md says what stands for what. A mutation is chosen with -D.
 */

#ifndef RECORDS
#define RECORDS 4
#endif
#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef POWER_LOSSES
#define POWER_LOSSES 1
#endif
#ifndef STRAYS
#define STRAYS 1
#endif
#define WRITERS 2
#define KEYS 2
#define NOTHING 255
#define ROW(block, key) ((block) * KEYS + (key))

#ifdef CONSTANT_VERSION
#define VERSION_OF(offset) 1
#else
#define VERSION_OF(offset) (offset)
#endif

/* ---- the log, fixed before anything begins: what it holds, and where its blocks end ---- */
bit identity[RECORDS];        /* of each record; also the client that it is counted for */
bit endsBlock[RECORDS];       /* a function of the log alone: by offset, by day, by anything that a record shows */

/* The oracle, by definition: requests of a client below an offset, each identity once within the window. */
hidden byte counted[KEYS * (RECORDS + 1)];
#define REQUESTS(block, key, offset) \
  (counted[(key) * (RECORDS + 1) + (offset)] - counted[(key) * (RECORDS + 1) + (block)])

/* ---- the store; a block is known by its first offset ---- */
byte version[RECORDS * KEYS]; /* of a usage row: the offset after the last one folded in; 0: no row */
byte requests[RECORDS * KEYS];
byte ledger[RECORDS];         /* the offset up to which a block's ledger row vouches; 0: no row */
bool damaged;                 /* a power loss has taken rows that the ledger vouches for */

/* ---- what a writer has folded and not yet written; the store may get its next row after it has died ---- */
byte pendingVersion[WRITERS * RECORDS * KEYS]; /* 0: none */
byte pendingRequests[WRITERS * RECORDS * KEYS];
byte pendingLedger[WRITERS * RECORDS];
#define PENDING(writer, row) ((writer) * RECORDS * KEYS + (row))
#define PENDING_LEDGER(writer, block) ((writer) * RECORDS + (block))

/* An insert on its way, of whoever has given it up or repeats it; `row` NOTHING: of a ledger row. */
bool isStray;
byte strayRow, strayBlock, strayVersion, strayRequests;
byte straysLeft = STRAYS;

byte crashesLeft = CRASHES;
byte powerLossesLeft = POWER_LOSSES;
bit ended[WRITERS];           /* must begin again */
bit done[WRITERS];

/* A ledger row never vouches for usage rows that aren't there, and every row is the oracle's at its version. */
inline check() {
  for (b : 0 .. RECORDS - 1) {
    for (k : 0 .. KEYS - 1) {
#ifndef CONSTANT_VERSION
      assert(version[ROW(b, k)] == 0 || requests[ROW(b, k)] == REQUESTS(b, k, version[ROW(b, k)]));
#endif
      assert(damaged || ledger[b] == 0 || requests[ROW(b, k)] >= REQUESTS(b, k, ledger[b]))
    }
    /* What a close reads of a complete block whose sums agree with its ledger row is right, damaged or not. */
    if
    :: ledger[b] > 0 && endsBlock[ledger[b] - 1] &&
       requests[ROW(b, 0)] + requests[ROW(b, 1)] == REQUESTS(b, 0, ledger[b]) + REQUESTS(b, 1, ledger[b]) ->
       assert(requests[ROW(b, 0)] == REQUESTS(b, 0, ledger[b]))
    :: else
    fi
  }
  b = 0; k = 0
}

/* ReplacingMergeTree: the highest version of a key stays; of equal ones the last. */
inline applyUsage(toRow, itsVersion, itsRequests) {
  if
  :: itsVersion >= version[toRow] -> version[toRow] = itsVersion; requests[toRow] = itsRequests
  :: else
  fi
}

inline applyLedger(toBlock, itsVersion) {
  if
  :: itsVersion >= ledger[toBlock] -> ledger[toBlock] = itsVersion
  :: else
  fi
}

/* The next row of a flush, the ledger's last: as `row`, or as `vouching`, or neither. */
inline choosePending(writer) {
  row = NOTHING;
  vouching = NOTHING;
  for (b : 0 .. RECORDS * KEYS - 1) {
    if
    :: row == NOTHING && pendingVersion[PENDING(writer, b)] > 0 -> row = b
    :: else
    fi
  }
  for (b : 0 .. RECORDS - 1) {
    if
    :: vouching == NOTHING && pendingLedger[PENDING_LEDGER(writer, b)] > 0 -> vouching = b
    :: else
    fi
  }
  b = 0;
#ifdef LEDGER_FIRST
  if
  :: vouching != NOTHING -> row = NOTHING
  :: else
  fi
#else
  if
  :: row != NOTHING -> vouching = NOTHING
  :: else
  fi
#endif
}

/* The next row may take effect at any later time, whatever becomes of whoever sent it. */
inline leaveStray(writer) {
  straysLeft--;
  isStray = true;
  if
  :: row != NOTHING ->
     strayRow = row;
     strayVersion = VERSION_OF(pendingVersion[PENDING(writer, row)]);
     strayRequests = pendingRequests[PENDING(writer, row)]
  :: else ->
     strayRow = NOTHING;
     strayBlock = vouching;
     strayVersion = pendingLedger[PENDING_LEDGER(writer, vouching)]
  fi
}

inline forgetStray() {
  isStray = false; strayRow = 0; strayBlock = 0; strayVersion = 0; strayRequests = 0
}

inline forgetPending(writer) {
  for (b : 0 .. RECORDS * KEYS - 1) {
    pendingVersion[PENDING(writer, b)] = 0;
    pendingRequests[PENDING(writer, b)] = 0
  }
  for (b : 0 .. RECORDS - 1) { pendingLedger[PENDING_LEDGER(writer, b)] = 0 }
  b = 0
}

/* Where to go on: by the ledger alone, at the first block whose rows don't add up to it, else at the open one. */
inline chooseStart() {
  next = 0;
  for (b : 0 .. RECORDS - 1) {
    if
    :: stored[b] > 0 && endsBlock[stored[b] - 1] -> next = stored[b]
    :: stored[b] > 0 && !endsBlock[stored[b] - 1] -> next = b
    :: else
    fi
  }
#ifndef NO_COMPARISON
  b = RECORDS;
  do
  :: b > 0 ->
     b--;
     if
     :: stored[b] > 0 && requests[ROW(b, 0)] + requests[ROW(b, 1)] !=
        REQUESTS(b, 0, stored[b]) + REQUESTS(b, 1, stored[b]) -> next = b
     :: else
     fi
  :: else -> break
  od;
#endif
  block = next;
#ifdef RESUME_AT_COMMITTED_OFFSET
  for (b : 0 .. RECORDS - 1) {
    if
    :: stored[b] > next -> next = stored[b]
    :: else
    fi
  }
#endif
  b = 0
}

/* The records of the window before, only to know which identities occurred. */
inline remember() {
#ifndef NO_WINDOW
  for (b : 0 .. RECORDS - 1) {
    if
    :: b < next && b + WINDOW >= next -> lastSeen[identity[b]] = b + 1
    :: else
    fi
  }
#endif
  b = 0
}

/* Rows of the block as it stands wait to be written. */
inline collect() {
  for (k : 0 .. KEYS - 1) {
    if
    :: changed[k] ->
       pendingVersion[PENDING(me, ROW(block, k))] = next;
       pendingRequests[PENDING(me, ROW(block, k))] = total[k];
       changed[k] = false
    :: else
    fi
  }
  k = 0;
  pendingLedger[PENDING_LEDGER(me, block)] = next
}

/* Folds the record at `next` into the block's totals, unless its identity occurred within the window. */
inline fold() {
  k = identity[next];
  if
  :: lastSeen[k] == 0 || next + 1 - lastSeen[k] > WINDOW -> total[k]++; changed[k] = true
  :: else
  fi;
  lastSeen[k] = next + 1;
  k = 0;
  next++;
  if
  :: endsBlock[next - 1] -> collect(); block = next; total[0] = 0; total[1] = 0
  :: else
  fi
}

proctype Writer(byte me) {
  byte next, block, row, vouching, b, k;
  byte total[KEYS], lastSeen[KEYS];
  bool changed[KEYS];
  byte stored[RECORDS];

begin:
  ended[me] = 0;
  {
    atomic {
      done[me] = 0;
      block = 0; row = NOTHING; vouching = NOTHING;
      total[0] = 0; total[1] = 0; lastSeen[0] = 0; lastSeen[1] = 0; changed[0] = false; changed[1] = false;
      for (b : 0 .. RECORDS - 1) { stored[b] = ledger[b] }
      b = 0
    }
    atomic { chooseStart(); remember() }
    do
    :: atomic {
         next < RECORDS ->
         /* Any number of records; folding is seen by nobody else. */
         fold();
         do
         :: next < RECORDS -> fold()
         :: break
         od;
         /* A block that is folded again is written only from where its ledger row stands. */
         if
         :: block < next && next >= stored[block] -> collect()
         :: else
         fi;
         choosePending(me)
       }
       do
       :: atomic { row != NOTHING || vouching != NOTHING ->
            if
            /* Applied, and applied again later: the connection broke, and it is sent again. */
            :: straysLeft > 0 && !isStray -> leaveStray(me)
            :: true
            fi;
            if
            :: row != NOTHING ->
               if
               :: applyUsage(row, VERSION_OF(pendingVersion[PENDING(me, row)]), pendingRequests[PENDING(me, row)])
#ifdef FAILED_FLUSH_GOES_ON
               :: true
#endif
               fi;
               pendingVersion[PENDING(me, row)] = 0;
               pendingRequests[PENDING(me, row)] = 0
            :: else ->
               applyLedger(vouching, pendingLedger[PENDING_LEDGER(me, vouching)]);
               pendingLedger[PENDING_LEDGER(me, vouching)] = 0
            fi;
            check();
            choosePending(me)
          }
       :: row == NOTHING && vouching == NOTHING -> break
       od
    :: next == RECORDS -> break
    od;
    atomic {
      done[me] = 1;
      next = 0; block = 0; total[0] = 0; total[1] = 0; lastSeen[0] = 0; lastSeen[1] = 0;
      for (b : 0 .. RECORDS - 1) { stored[b] = 0 }
      b = 0
    };
end: false
  } unless { ended[me] -> goto begin }
}

/* kill -9 of one writer: what it has sent may still take effect, later. */
inline crash(writer) {
  atomic {
    crashesLeft > 0 && !done[writer] && !ended[writer] ->
    crashesLeft--;
    ended[writer] = 1;
    choosePending(writer);
    if
    :: straysLeft > 0 && !isStray && (row != NOTHING || vouching != NOTHING) -> leaveStray(writer)
    :: true
    fi;
    row = 0; vouching = 0;
    forgetPending(writer)
  }
}

active proctype World() {
  byte b, k, seen, row, vouching;
  /* Any log: which records are copies, and where its blocks end. The first record's client is the first one. */
  atomic {
    for (b : 1 .. RECORDS - 1) {
      if
      :: identity[b] = 0
      :: identity[b] = 1
      fi
    }
    for (b : 0 .. RECORDS - 1) {
      if
      :: endsBlock[b] = 0
      :: endsBlock[b] = 1
      fi
    }
    for (b : 0 .. RECORDS - 1) {
      seen = 0;
      for (k : 0 .. RECORDS - 1) {
        if
        :: k < b && k + WINDOW >= b && identity[k] == identity[b] -> seen = 1
        :: else
        fi
      }
      counted[b + 1] = counted[b];
      counted[RECORDS + 1 + b + 1] = counted[RECORDS + 1 + b];
      if
      :: seen == 0 -> counted[identity[b] * (RECORDS + 1) + b + 1]++
      :: else
      fi
    }
    b = 0; k = 0; seen = 0;
    run Writer(0);
    run Writer(1)
  }

  do
  :: crash(0)
  :: crash(1)
  /* What was sent before takes effect at last, or never. */
  :: atomic {
       isStray ->
       if
       :: strayRow != NOTHING -> applyUsage(strayRow, strayVersion, strayRequests)
       :: strayRow == NOTHING -> applyLedger(strayBlock, strayVersion)
       :: true
       fi;
       check();
       forgetStray()
     }
  /* The store loses usage rows that it had acknowledged, any of them; everyone dies. */
  :: atomic {
       powerLossesLeft > 0 ->
       powerLossesLeft--;
       damaged = true;
       for (b : 0 .. RECORDS * KEYS - 1) {
         if
         :: version[b] > 0 -> version[b] = 0; requests[b] = 0
         :: true
         fi
       }
       b = 0;
       ended[0] = 1; ended[1] = 1; done[0] = 0; done[1] = 0;
       forgetPending(0); forgetPending(1); forgetStray()
     }
  /* At rest: everything is counted, and all of it is the oracle's. */
  :: done[0] && done[1] && !ended[0] && !ended[1] && !isStray -> break
  od;
  atomic {
    for (b : 0 .. RECORDS - 1) {
      if
      :: b == 0 || endsBlock[b - 1] ->
         seen = b + 1;
         do
         :: seen < RECORDS && !endsBlock[seen - 1] -> seen++
         :: else -> break
         od;
         assert(ledger[b] == seen);
         for (k : 0 .. KEYS - 1) { assert(requests[ROW(b, k)] == REQUESTS(b, k, seen)) }
      :: else -> assert(ledger[b] == 0 && version[ROW(b, 0)] == 0 && version[ROW(b, 1)] == 0)
      fi
    }
    b = 0; k = 0; seen = 0
  }
}
