/*
 * How request ids that come again are settled: two partitions that are counted in any order, a store that keeps what is
 * said of their ids, and two processes that settle at once. README.md says what stands for what. A mutation is chosen
 * with -D.
 */

#ifndef RECORDS
#define RECORDS 3
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef STRAYS
#define STRAYS 1
#endif
#define PARTITIONS 2
#define SETTLERS 2
/* A place is a record in the order of appending, which is in turn to the one and to the other partition. */
#define PARTITION(place) ((place) % PARTITIONS)
#define OFFSET(place) ((place) / PARTITIONS)
#define END(partition) ((RECORDS + 1 - (partition)) / PARTITIONS)
#define IS_BELOW(place, offsets) (OFFSET(place) < offsets[PARTITION(place)])
#define NOTHING 255

#ifdef HASH_DECIDES
#define IS_SAME(one, other) true
#else
#define IS_SAME(one, other) (id[one] == id[other])
#endif

/* ---- the log, fixed before anything begins: two ids, of one hour and one hash ---- */
bit id[RECORDS];

/* ---- the store ---- */
byte identities[PARTITIONS];  /* below it, it is known where ids stand */
byte counted[PARTITIONS];     /* below it, the ledger vouches for usage and identities */
bool repeated[RECORDS];        /* rows are only added */
byte progress[PARTITIONS];    /* one row for all partitions: what is settled */
byte progressSequence;
bool isReadable;              /* the progress has been where the ledger is, and the ledger has not moved since */

/* An insert on its way, of whoever has given it up or repeats it; `row` NOTHING: of progress. */
bool isStray;
byte strayRow, straySequence, strayTo[PARTITIONS];
byte straysLeft = STRAYS;

byte crashesLeft = CRASHES;
bool ended[SETTLERS];         /* must begin again */

/* What a settler is about to write; whatever is on its way may take effect after it has died. */
bool pending[SETTLERS * RECORDS];
bool isTelling[SETTLERS];
byte sequence[SETTLERS];      /* that it goes on from; NOTHING outside of a pass */
byte to[SETTLERS * PARTITIONS];
#define PENDING(settler, place) pending[(settler) * RECORDS + (place)]
#define TO(settler, partition) to[(settler) * PARTITIONS + (partition)]

/* Of check() alone. */
hidden byte i, j, remaining[2], occurrences[2], isCopy, isLeftOut;

/* Usage is what is counted, less all but the first of what is repeated. */
inline check() {
  d_step {
    if
    :: progress[0] == counted[0] && progress[1] == counted[1] -> isReadable = true
    :: else
    fi;
    remaining[0] = 0; remaining[1] = 0; occurrences[0] = 0; occurrences[1] = 0;
    for (i : 0 .. RECORDS - 1) {
      isCopy = false; isLeftOut = false;
      for (j : 0 .. RECORDS - 1) {
        if
        :: j < i && IS_BELOW(j, counted) && id[j] == id[i] -> isCopy = true
        :: else
        fi;
        if
        :: j < i && repeated[j] && repeated[i] && IS_SAME(i, j) -> isLeftOut = true
        :: else
        fi
      }
      if
      :: IS_BELOW(i, counted) ->
         occurrences[id[i]]++;
         remaining[id[i]] = remaining[id[i]] + (isLeftOut -> 0 : 1);
         /* What a reader takes for settled has the first of each id, and no other. */
         assert(!isReadable || isLeftOut == isCopy)
      :: else -> assert(!repeated[i])
      fi
    }
    /* Whatever anybody reads, an id that was counted counts once at least. */
    assert(occurrences[0] == 0 || remaining[0] > 0);
    assert(occurrences[1] == 0 || remaining[1] > 0);
    i = 0; j = 0
  }
}

/* The row with the highest sequence holds; of equal ones either may. */
inline applyProgress(itsSequence, to0, to1) {
#ifdef PROGRESS_PER_PARTITION
  progress[0] = (to0 > progress[0] -> to0 : progress[0]);
  progress[1] = (to1 > progress[1] -> to1 : progress[1])
#else
  if
  :: itsSequence >= progressSequence ->
     progressSequence = itsSequence;
     progress[0] = to0;
     progress[1] = to1
  :: itsSequence <= progressSequence
  fi
#endif
}

/* The next row of a pass in the table's order, the progress last: as `row`, or NOTHING and `isTelling`. */
inline chooseNext(settler) {
  d_step {
    row = NOTHING;
    for (i : 0 .. RECORDS - 1) {
      if
      :: row == NOTHING && PENDING(settler, i) -> row = i
      :: else
      fi
    }
#ifdef PROGRESS_FIRST
    row = (isTelling[settler] -> NOTHING : row);
#endif
    i = 0
  }
}

/* The next insert may take effect at any later time, whatever becomes of whoever sent it. */
inline leaveStray(settler) {
  straysLeft--;
  isStray = true;
  strayRow = row;
  if
  :: row == NOTHING ->
     straySequence = sequence[settler] + 1;
     strayTo[0] = TO(settler, 0);
     strayTo[1] = TO(settler, 1)
  :: else
  fi
}

inline forgetPass(settler) {
  d_step {
    sequence[settler] = NOTHING;
    for (i : 0 .. RECORDS - 1) { PENDING(settler, i) = false }
    isTelling[settler] = false;
    TO(settler, 0) = 0;
    TO(settler, 1) = 0;
    i = 0
  }
}

/* Sequences are only compared: the lowest that is in use becomes 0, so that runs that differ in nothing else are one. */
inline renumber() {
  d_step {
    i = progressSequence;
    i = (sequence[0] < i -> sequence[0] : i);
    i = (sequence[1] < i -> sequence[1] : i);
    i = (isStray && strayRow == NOTHING && straySequence < i -> straySequence : i);
    progressSequence = progressSequence - i;
    sequence[0] = (sequence[0] == NOTHING -> NOTHING : sequence[0] - i);
    sequence[1] = (sequence[1] == NOTHING -> NOTHING : sequence[1] - i);
    straySequence = (isStray && strayRow == NOTHING -> straySequence - i : 0);
    i = 0
  }
}

/* Counts any number of records of its partition, and says so: the identities first, then the ledger row. */
proctype Counter(byte partition) {
  byte next;
  do
  :: atomic {
       counted[partition] < END(partition) ->
       next = counted[partition] + 1;
       do
       :: next < END(partition) -> next++
       :: break
       od;
#ifndef LEDGER_FIRST
       identities[partition] = next
#endif
     }
     atomic {
       counted[partition] = next;
       isReadable = false;
       check()
     }
#ifdef LEDGER_FIRST
     identities[partition] = next;
#endif
     next = 0
  :: counted[partition] == END(partition) -> break
  od
}

/* Both are read, of which one at least is new; the log tells whether they are one id. */
#define IS_LOOKED_AT(place) (OFFSET(place) < TO(me, PARTITION(place)) && IS_BELOW(place, identities))
#define IS_NEW(place) (OFFSET(place) >= from[PARTITION(place)])
#ifdef NEW_AGAINST_NEW
#define IS_PAIR(one, other) (IS_NEW(one) && IS_NEW(other))
#else
#define IS_PAIR(one, other) (IS_NEW(one) || IS_NEW(other))
#endif
#ifdef COPIES_ALONE
#define IS_KEPT(one, other) (other < one)
#else
#define IS_KEPT(one, other) (other != one)
#endif

inline findRepeated() {
  d_step {
    for (i : 0 .. RECORDS - 1) {
      for (j : 0 .. RECORDS - 1) {
        if
        :: IS_KEPT(i, j) && IS_LOOKED_AT(i) && IS_LOOKED_AT(j) && IS_PAIR(i, j) && IS_SAME(i, j) && !repeated[i] ->
           PENDING(me, i) = true
        :: else
        fi
      }
    }
    /* The ledger may have gone on since its end was read: what is told then is told again. */
    isTelling[me] = counted[0] > from[0] || counted[1] > from[1];
    from[0] = 0; from[1] = 0; i = 0; j = 0
  }
}

#ifdef OWN_PROGRESS
#define SETTLED(partition) (hasSettled -> own[partition] : progress[partition])
#else
#define SETTLED(partition) progress[partition]
#endif
#define MIN(one, other) ((one) < (other) -> (one) : (other))

proctype Settler(byte me) {
  byte from[PARTITIONS], row;
#ifdef OWN_PROGRESS
  byte own[PARTITIONS];
  bool hasSettled;
#endif

begin:
  ended[me] = false;
  {
    atomic {
      from[0] = 0; from[1] = 0; row = 0;
#ifdef OWN_PROGRESS
      own[0] = 0; own[1] = 0; hasSettled = false;
#endif
    }
end:
    do
    /* Another counts the partition now by which it is chosen who settles. */
    :: me == 1 -> break
    :: SETTLED(0) < END(0) || SETTLED(1) < END(1) ->
       /* Nobody promises that the ledger of all partitions is seen as of one moment. */
       if
       :: TO(me, 0) = counted[0]; TO(me, 1) = counted[1]
       :: TO(me, 1) = counted[1]; TO(me, 0) = counted[0]
       fi;
       atomic {
         sequence[me] = progressSequence;
         from[0] = MIN(SETTLED(0), TO(me, 0));
         from[1] = MIN(SETTLED(1), TO(me, 1))
       }
       atomic { findRepeated(); chooseNext(me) }
       do
       :: atomic { row != NOTHING || isTelling[me] ->
            if
            /* Applied, and applied again later: the connection broke, and it is sent again. */
            :: straysLeft > 0 && !isStray -> leaveStray(me)
            :: true
            fi;
            if
            :: row != NOTHING -> repeated[row] = true; PENDING(me, row) = false
            :: else ->
               applyProgress(sequence[me] + 1, TO(me, 0), TO(me, 1));
               isTelling[me] = false
            fi;
            check();
            chooseNext(me)
          }
       :: row == NOTHING && !isTelling[me] -> break
       od;
       atomic {
#ifdef OWN_PROGRESS
         own[0] = TO(me, 0); own[1] = TO(me, 1); hasSettled = true;
#endif
         row = 0;
         forgetPass(me);
         renumber()
       }
    od
  } unless { ended[me] -> goto begin }
}

/* kill -9 of one settler: what it has sent may still take effect, later. */
inline crash(settler) {
  atomic {
    crashesLeft > 0 && !ended[settler] ->
    crashesLeft--;
    ended[settler] = true;
    chooseNext(settler);
    if
    :: straysLeft > 0 && !isStray && (row != NOTHING || isTelling[settler]) -> leaveStray(settler)
    :: true
    fi;
    row = 0;
    forgetPass(settler);
    renumber()
  }
}

active proctype World() {
  byte row;
  /* Any log. The first place's id is the first one. */
  atomic {
    for (row : 1 .. RECORDS - 1) {
      if
      :: id[row] = 0
      :: id[row] = 1
      fi
    }
    row = 0;
    sequence[0] = NOTHING; sequence[1] = NOTHING;
    run Counter(0);
    run Counter(1);
    run Settler(0);
    run Settler(1)
  }
  do
  :: crash(0)
  :: crash(1)
  /* What was sent before takes effect at last, or never. */
  :: atomic {
       isStray ->
       if
       :: strayRow != NOTHING -> repeated[strayRow] = true
       :: strayRow == NOTHING -> applyProgress(straySequence, strayTo[0], strayTo[1])
       :: true
       fi;
       check();
       isStray = false; strayRow = 0; straySequence = 0; strayTo[0] = 0; strayTo[1] = 0;
       renumber()
     }
  /* At rest: all of it is settled, whoever is left. */
  :: timeout -> break
  od;
  assert(progress[0] == END(0) && progress[1] == END(1))
}
