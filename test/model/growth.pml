/*
 * How a stream grows: a topic that gets a partition, producers that use it from any moment on, an operator who agrees
 * by a word in each partition's log, and two processes that count and learn of it late. README.md says what stands for
 * what. A mutation is chosen with -D.
 */

#ifndef LINES
#define LINES 3
#endif
#ifndef COPIES
#define COPIES 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef REPEATED_WORDS
#define REPEATED_WORDS 1
#endif
#ifndef FORGERIES
#define FORGERIES 1
#endif
#define OLD 2
#define ALL 3
#define COUNTERS 2
#define WINDOW 1
/* A partition's log is long enough for all that can come. */
#define LENGTH (LINES + COPIES + 1 + REPEATED_WORDS + FORGERIES)
#define AT(partition, offset) ((partition) * LENGTH + (offset))
#define WORD 254
#define FORGERY 253
#define NOTHING 255

#ifdef UNSIGNED_WORD
#define IS_WORD(record) (record == WORD || record == FORGERY)
#else
#define IS_WORD(record) (record == WORD)
#endif

/* ---- the log: lines of one file, by their positions, and what is said of the stream ---- */
byte record[ALL * LENGTH];
byte ends[ALL];
bool isGrown;                  /* the topic has the new partition */
bool isAgreed;                 /* the operator has said so, in one partition at least */
byte wordFrom[ALL];             /* where the first word stands */
#define PARTITIONS (isGrown -> ALL : OLD)

/* ---- the ledger ---- */
byte counted[ALL];             /* below it, everything is folded */
bool isRequest[ALL * LENGTH];  /* that the fold took for no copy; with its place, by which it is compared everywhere */
bool saysGrown[ALL];           /* a block behind the word is there */

byte sent;                     /* lines below it were sent, but for the one that is late */
byte late = NOTHING;           /* it failed where it was sent first, and is tried again while others go on */
byte lateFor;                  /* that partition */
byte copiesLeft = COPIES, crashesLeft = CRASHES, wordsLeft = REPEATED_WORDS, forgeriesLeft = FORGERIES;

/* Of check() and fold() alone. */
hidden byte i, j, line, figure, isInLog, isSame, from, isOpen;

/* Up to the word lines are told by the highest position, from there on by the window; in a new partition always. */
#ifdef NEW_AS_THE_STREAM_BEGAN
#define IS_BY_WINDOW(partition, offset) (wordFrom[partition] < offset)
#else
#define IS_BY_WINDOW(partition, offset) (partition >= OLD || wordFrom[partition] < offset)
#endif

/* What is assumed of producers: up to the word a line that is tried again comes where it was sent, and in order. */
#ifdef TRIED_ELSEWHERE
#define MAY_COME(partition, itsLine) true
#else
#define MAY_COME(partition, itsLine) \
  (partition >= OLD || wordFrom[partition] != NOTHING || late == NOTHING || partition != lateFor || itsLine <= late)
#endif
#ifdef TRIED_ELSEWHERE
#define MAY_BE_TRIED(partition) true
#else
#define MAY_BE_TRIED(partition) (partition == lateFor || partition >= OLD || wordFrom[partition] != NOTHING)
#endif

inline append(partition, what) {
  record[AT(partition, ends[partition])] = what;
  ends[partition]++
}

/* A function of the log below the record, whoever folds it and whenever. */
inline fold(partition) {
  d_step {
    j = counted[partition];
    line = record[AT(partition, j)];
    if
    :: IS_WORD(line) -> saysGrown[partition] = true
    :: !IS_WORD(line) && line < LINES ->
       isSame = false;
#ifdef HIGHEST_POSITION
       isOpen = false;
#else
       isOpen = IS_BY_WINDOW(partition, j);
#endif
       from = (isOpen && j > WINDOW -> j - WINDOW : 0);
       for (i : 0 .. LENGTH - 1) {
         if
         :: i >= from && i < j && record[AT(partition, i)] < LINES ->
            isSame = isSame || record[AT(partition, i)] == line || (!isOpen && record[AT(partition, i)] > line)
         :: else
         fi
       }
       isRequest[AT(partition, j)] = !isSame
    :: else
    fi;
    counted[partition]++;
    i = 0; j = 0; line = 0; isSame = false; isOpen = false; from = 0
  }
}

/* What is left of a line once what is counted is settled: places are compared wherever they are. */
#ifdef NO_PLACES_BEFORE
#define LEAVES_PLACE(partition, offset) IS_BY_WINDOW(partition, offset)
#elif defined(COMPARED_BY_PARTITION)
#define LEAVES_PLACE(partition, offset) (partition == 0)
#else
#define LEAVES_PLACE(partition, offset) true
#endif

/* Whether a month may be closed now: all that its topic holds is counted. */
#ifdef KNOWN_PARTITIONS_ALONE
#define IS_ASKED(partition) (partition < OLD || saysGrown[0] || saysGrown[1] || saysGrown[2])
#else
#define IS_ASKED(partition) (partition < PARTITIONS)
#endif

inline check() {
  d_step {
    assert(isAgreed || counted[ALL - 1] == 0);
    isOpen = false;
    for (i : 0 .. ALL - 1) { isOpen = isOpen || (IS_ASKED(i) && counted[i] < ends[i]) }
    for (line : 0 .. LINES - 1) {
      figure = 0; isInLog = false; isSame = false;
      for (i : 0 .. ALL - 1) {
        for (j : 0 .. LENGTH - 1) {
          if
          :: j < ends[i] && record[AT(i, j)] == line ->
             isInLog = true;
             if
             :: isRequest[AT(i, j)] && !(isSame && LEAVES_PLACE(i, j)) ->
                figure++;
                isSame = isSame || LEAVES_PLACE(i, j)
             :: else
             fi
          :: else
          fi
        }
      }
      /* Nothing is counted twice, and of a month that can be closed nothing is lost. */
      assert(figure <= 1);
      assert(isOpen || figure == isInLog)
    }
    i = 0; j = 0; line = 0; figure = 0; isInLog = false; isSame = false; isOpen = false
  }
}

/* What is sent to one partition: by which number of them keys are placed changes at any moment, and back. */
proctype Producer(byte p) {
  byte which;
end:
  do
  :: atomic { sent < LINES && p < PARTITIONS && MAY_COME(p, sent) -> append(p, sent); sent++; check() }
  /* It fails here; the next ones of its batch, for other partitions, don't. */
  :: atomic { sent < LINES && p < PARTITIONS && late == NOTHING -> late = sent; lateFor = p; sent++ }
  :: atomic { late != NOTHING && p < PARTITIONS && MAY_BE_TRIED(p) ->
       append(p, late);
       late = NOTHING;
       lateFor = 0;
       check()
     }
  /* What was sent before comes again, from whoever sends it, or does not. */
  :: atomic { copiesLeft > 0 && sent > 0 && p < PARTITIONS ->
       copiesLeft--;
       do
       :: which + 1 < sent -> which++
       :: break
       od;
       if
       :: which != late && MAY_COME(p, which) -> append(p, which)
       :: else
       fi;
       which = 0;
       check()
     }
  /* Whoever may write to the topic writes a word of its own. */
  :: atomic { forgeriesLeft > 0 && p < PARTITIONS -> forgeriesLeft--; append(p, FORGERY); check() }
  od
}

/* Agrees once the topic has grown, in this partition: in any order of them, perhaps not in all, and perhaps again. */
proctype Operator(byte p) {
  bool isTold;
end:
  do
  :: atomic { isGrown && (!isTold || wordsLeft > 0) ->
       wordsLeft = wordsLeft - isTold;
       isTold = true;
       isAgreed = true;
       wordFrom[p] = (wordFrom[p] == NOTHING -> ends[p] : wordFrom[p]);
       append(p, WORD);
       check()
     }
  /* It was killed on the way, and never comes back. */
  :: isGrown && !isTold -> break
  od
}

#ifdef NOT_IN_LEDGER
#define IS_SAID false
#else
#define IS_SAID (saysGrown[0] || saysGrown[1] || saysGrown[2])
#endif
#ifdef COUNTED_BEFORE_THE_WORD
#define IS_KNOWN(p) (p < PARTITIONS)
#else
#define IS_KNOWN(p) (p < known)
#endif

inline count(p) {
  known = (IS_WORD(record[AT(p, counted[p])]) -> ALL : known);
  fold(p);
  check()
}

/* Counts on in any partition that it knows of; of two in one partition the block protocol speaks. */
proctype Counter() {
  byte known = OLD;
end:
  do
  :: atomic { counted[0] < ends[0] -> count(0) }
  :: atomic { counted[1] < ends[1] -> count(1) }
  :: atomic { IS_KNOWN(2) && counted[2] < ends[2] -> count(2) }
  /* It looks at what others have counted, now or later. */
  :: known == OLD && IS_SAID -> known = ALL
  /* kill -9, and a new start. */
  :: atomic { crashesLeft > 0 -> crashesLeft--; known = OLD }
  od
}

active proctype World() {
  atomic {
    for (i : 0 .. ALL * LENGTH - 1) { record[i] = NOTHING }
    i = 0;
    for (j : 0 .. ALL - 1) { wordFrom[j] = NOTHING }
    j = 0;
    run Producer(0);
    run Producer(1);
    run Producer(2);
    run Operator(0);
    run Operator(1);
    run Operator(2);
    run Counter();
    run Counter()
  }
  atomic { isGrown = true; check() }
  /* At rest: all is counted, but for the new one where the operator was killed before any that is counted was told. */
  timeout;
  assert(counted[0] == ends[0] && counted[1] == ends[1]);
  assert(counted[2] == (wordFrom[0] != NOTHING || wordFrom[1] != NOTHING -> ends[2] : 0))
}
