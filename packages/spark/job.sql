-- The whole job in Spark SQL: judge every row of the daily logs, keep the song plays as Parquet and as CSV, load the three
-- tables, and compare them with the plays. `npm run spark` runs it as `spark-sql -f job.sql`.
--
-- ${spark.sparkify.…} are settings that the command hands over. Those named reason.… are the words of the rules, which
-- the single-machine path takes from the same place: packages/loader/src/rows/rules.ts. A result line that is a JSON object
-- with an event is for the command: see src/protocol.ts.

-- One field of a CSV line. Quantifiers with a second + never go back: a line is read once, however damaged it is.
-- (One quote is there twice, because spark-sql counts quotes to find the end of a statement.)
SET field=(?:"[^"]*+(?:""[^"]*+)*+"|[^"",\r\n][^,\r\n]*+|);
SET eventColumns='artist', 'auth', 'firstName', 'gender', 'itemInSession', 'lastName', 'length', 'level', 'location', 'method', 'page', 'registration', 'sessionId', 'song', 'status', 'ts', 'userId';

------------------------------------------------------------------------------------------------------------------------
SELECT '{"event":"step","title":"Look at the logs"}';

-- Every line as the bytes it is. A line that cannot be decoded must not disturb the others.
CREATE TABLE raw USING text OPTIONS (
  path '${spark.sparkify.logs}', pathGlobFilter '${spark.sparkify.files}', recursiveFileLookup 'true', lineSep '\n');

-- A carriage return before the line feed belongs to the line's end; elsewhere it is a line's end of its own, and what it
-- divides is looked at as Latin-1. Nearly all rows are whole: OUTER keeps them as they are, without a list of their pieces.
-- Where a record begins, a byte order mark is dropped: bare is the line without it.
CREATE TEMPORARY VIEW lines AS
SELECT path, block, row, place, parts, text, bare,
       bare <> '' AND (place = 0 OR array_join(slice(pieces, 1, place), '') = '') AS is_first_used,
       IF(place < parts - 1, '\r', IF(carriage_return, '\r\n', '\n')) AS ending
FROM (
 SELECT *, IF(startswith(text, '\uFEFF'), CAST(substr(CAST(text AS BINARY), 4) AS STRING), text) AS bare
 FROM (
  SELECT path, block, row, carriage_return, pieces, coalesce(nth, 0) AS place, IF(pieces IS NULL, 1, size(pieces)) AS parts,
         IF(pieces IS NULL, text, CAST(encode(piece, 'ISO-8859-1') AS STRING)) AS text
  FROM (
    SELECT *, IF(contains(text, '\r'), split(decode(CAST(text AS BINARY), 'ISO-8859-1'), '\r'), NULL) AS pieces
    FROM (
      SELECT path, block, row, endswith(value, '\r') AS carriage_return,
             IF(endswith(value, '\r'), CAST(substr(CAST(value AS BINARY), 1, octet_length(value) - 1) AS STRING), value) AS text
      FROM (
        SELECT _metadata.file_path AS path, _metadata.file_block_start AS block,
               monotonically_increasing_id() AS row, value
        FROM raw)))
  LATERAL VIEW OUTER posexplode(pieces) AS nth, piece));

-- A large file is read in blocks, by several tasks. What the judge of a line has to know of its block and its file:
-- the number of the first line, where the header is, and whether a quote is open at the end of some line.
CREATE TABLE blocks USING parquet AS
SELECT *,
       sum(line_count) OVER (PARTITION BY path ORDER BY block) - line_count AS lines_before,
       min(IF(used_row IS NULL, NULL, struct(block, used_row AS row))) OVER (PARTITION BY path) AS header_at,
       max(open_quotes) OVER (PARTITION BY path) AS has_open_quotes
FROM (
  SELECT path, block, min(row) AS first_row, count(*) AS line_count,
         min(IF(bare = '', NULL, row)) AS used_row,
         min(IF(bare = '${spark.sparkify.header}', row, NULL)) AS usual_header_row,
         collect_list(IF(place = 0 AND parts > 1, struct(row, parts), NULL)) AS divided,
         max(contains(text, '"') AND bare RLIKE '^(?:${field},)*+"[^"]*+(?:""[^"]*+)*+\\z') AS open_quotes
  FROM lines GROUP BY path, block);

-- The header is the first line that is not empty. Only those that are not the usual one are looked up.
CREATE TEMPORARY VIEW headers AS
SELECT path, '${spark.sparkify.header}' AS text
FROM blocks WHERE block = header_at.block AND used_row = usual_header_row
UNION ALL
SELECT lines.path, lines.bare
FROM lines JOIN blocks ON lines.path = blocks.path AND lines.block = header_at.block AND lines.row = header_at.row
WHERE lines.is_first_used AND blocks.block = header_at.block AND NOT used_row <=> usual_header_row;

-- Each log: its day, its columns by their usual names, whatever the case and style in which the header has them, and
-- the needed ones that are not there once. Of such a log no row can be read.
CREATE TABLE all_logs USING parquet AS
SELECT *, filter(array('artist', 'firstName', 'gender', 'itemInSession', 'lastName', 'length', 'level', 'location',
                       'sessionId', 'song', 'userId'),
                 needed -> size(filter(names, name -> name = needed)) <> 1) AS wrong
FROM (
  SELECT path, first_line,
    url_decode(replace(regexp_replace(path, '^file:/*(?=/)', ''), '+', '%2B')) AS file,
    regexp_extract(path, '.*/[^/]*?([0-9]{4}-[0-9]{2}-[0-9]{2})[^/]*$', 1) AS date,
    transform(tokens, name ->
      coalesce(get(filter(array(${eventColumns}), column -> lower(column) = regexp_replace(lower(name), '[\\s\\p{P}\\p{S}\\p{Z}\\uFEFF]', '')), 0),
               name)) AS names
  FROM (
    SELECT path, text AS first_line,
      IF(array_join(regexp_extract_all(concat(',', text), ',(${field})', 1), ',') = text AND NOT contains(text, '\0'),
         transform(regexp_extract_all(concat(',', text), ',(${field})', 1), name ->
           replace(regexp_replace(name, '^"|"$', ''), '""', '"')),
         array()) AS tokens
    FROM headers));

SELECT to_json(named_struct('event', 'unreadable', 'file', file, 'missing', wrong, 'firstLine', substr(first_line, 1, 200)))
FROM all_logs WHERE size(wrong) > 0 ORDER BY file;

SELECT to_json(named_struct('event', 'refused', 'why', 'unreadable files'))
FROM all_logs WHERE size(wrong) > 0 AND NOT ${spark.sparkify.skipFiles} LIMIT 1;

SELECT assert_true(${spark.sparkify.skipFiles} OR count_if(size(wrong) > 0) = 0) FROM all_logs;

CREATE TABLE logs USING parquet AS
SELECT path, file, date, names, row_number() OVER (ORDER BY date, file) AS number,
  named_struct(
    'artist', array_position(names, 'artist'), 'firstName', array_position(names, 'firstName'),
    'gender', array_position(names, 'gender'), 'itemInSession', array_position(names, 'itemInSession'),
    'lastName', array_position(names, 'lastName'), 'length', array_position(names, 'length'),
    'level', array_position(names, 'level'), 'location', array_position(names, 'location'),
    'sessionId', array_position(names, 'sessionId'), 'song', array_position(names, 'song'),
    'userId', array_position(names, 'userId')) AS at,
  -- One more field at the end of a row is no other value, if it is empty and the last column is a number of a play.
  element_at(names, -1) IN ('itemInSession', 'length', 'sessionId', 'userId') AS may_end_empty,
  transform(names, (name, place) ->
    IF(array_contains(array(${eventColumns}), name) AND array_position(names, name) = place + 1,
       name, concat('field ', place + 1))) AS labels
FROM all_logs WHERE size(wrong) = 0;

------------------------------------------------------------------------------------------------------------------------
SELECT '{"event":"step","title":"Judge the rows"}';

-- The lines with their numbers in the file.
CREATE TEMPORARY VIEW numbered AS
SELECT lines.path, text, bare, ending, has_open_quotes,
       is_first_used AND lines.block = header_at.block AND row = header_at.row AS is_header,
       CAST(lines_before + 1 + row - first_row + place
            + IF(size(divided) = 0, 0,
                 aggregate(divided, 0L, (sum, each) -> sum + IF(each.row < row, each.parts - 1, 0))) AS INT) AS line
FROM lines JOIN blocks ON lines.path = blocks.path AND lines.block = blocks.block;

-- Lines at whose end a quote is open, each with the lines that may belong to it: mostly there are none. Patterns would
-- replace bytes that are not UTF-8, so the text is looked at as Latin-1, where each byte is a character.
CREATE TEMPORARY VIEW opened AS
SELECT path, line, min_by(text, next_line) AS first_text, first(is_header) AS is_header,
       decode(CAST(array_join(transform(array_sort(collect_list(struct(next_line, text, ending))),
                                        next -> concat(next.text, next.ending)), '') AS BINARY), 'ISO-8859-1') AS text,
       max(is_last) AS to_the_end
FROM (
  WITH counted AS (
    SELECT *, sum(octet_length(text) + 1) OVER in_order AS bytes,
           sum(IF(contains(text, '"'), 1, 0)) OVER in_order AS quoted,
           line = max(line) OVER (PARTITION BY path) AS is_last
    FROM numbered WHERE has_open_quotes
    WINDOW in_order AS (PARTITION BY path ORDER BY line))
  SELECT first.path, first.line, first.is_header, next.line AS next_line,
         IF(next.line = first.line, next.bare, next.text) AS text, next.ending, next.is_last
  FROM counted AS first JOIN counted AS next
    ON next.path = first.path AND next.line >= first.line
   AND next.bytes - first.bytes <= ${spark.sparkify.longestRecord} AND next.quoted - first.quoted <= 100
  WHERE first.bare RLIKE '^(?:${field},)*+"[^"]*+(?:""[^"]*+)*+\\z')
GROUP BY path, line;

-- What becomes of them: a record of several lines, or the reason why it is none.
CREATE TEMPORARY VIEW joined AS
SELECT path, line, is_header, first_text,
       IF(closes, CAST(encode(record, 'ISO-8859-1') AS STRING), first_text) AS text,
       IF(closes, line + size(split(record, '\r\n|\r|\n')) - 1, line) AS last_line,
       CASE
         WHEN octet_length(first_text) > ${spark.sparkify.longestRecord} THEN
           struct('' AS column, '${spark.sparkify.reason.tooLong}' AS reason)
         WHEN closes THEN NULL
         WHEN fields > greatest(width, fields_before) THEN
           struct('' AS column, format_string('${spark.sparkify.reason.joinedFields}', width) AS reason)
         WHEN rest RLIKE '^"[^"]*+(?:""[^"]*+)*+"' THEN
           struct(concat('#', fields) AS column,
                  '${spark.sparkify.reason.strayQuote}' AS reason)
         WHEN to_the_end THEN
           struct(concat('#', fields) AS column,
                  '${spark.sparkify.reason.neverCloses}' AS reason)
         ELSE struct('' AS column, '${spark.sparkify.reason.openTooLong}' AS reason)
       END AS problem
FROM (
  SELECT *, substr(text, length(before) + 1) AS rest,
         regexp_extract(text, '^(?:${field},)*+${field}(?=[\r\n]|\\z)', 0) AS record,
         text RLIKE '^(?:${field},)*+${field}(?=[\r\n]|\\z)' AS closes,
         size(regexp_extract_all(before, '${field},', 0)) AS fields,
         size(regexp_extract_all(regexp_extract(first_text, '^(?:${field},)*+', 0), '${field},', 0)) AS fields_before
  FROM (
    SELECT opened.*, size(names) AS width, regexp_extract(text, '^(?:${field},)*+', 0) AS before
    FROM opened JOIN logs USING (path)));

-- Every record with its fields. Bytes that are not UTF-8 are looked at as Latin-1, where each is a character.
CREATE TEMPORARY VIEW records AS
SELECT *, transform(tokens, token ->
            IF(startswith(token, '"'), replace(substr(token, 2, length(token) - 2), '""', '"'), token)) AS fields
FROM (
  SELECT *, regexp_extract_all(concat(',', clean), ',(${field})', 1) AS tokens
  FROM (
    SELECT *, IF(is_utf8, text, decode(CAST(text AS BINARY), 'ISO-8859-1')) AS clean
    FROM (
      SELECT *, encode(decode(CAST(text AS BINARY), 'UTF-8'), 'UTF-8') = CAST(text AS BINARY) AS is_utf8
      FROM (
        SELECT path, line, line AS last_line, is_header, bare AS text, bare AS first_text,
               CAST(NULL AS STRUCT<column: STRING, reason: STRING>) AS problem
        FROM numbered
        WHERE bare <> '' AND NOT (has_open_quotes AND bare RLIKE '^(?:${field},)*+"[^"]*+(?:""[^"]*+)*+\\z')
        UNION ALL
        SELECT path, line, last_line, is_header, text, first_text, problem FROM joined))));

-- The rules. A row that is not whole, or whose values are not what they should be, has a problem; one without an artist
-- is dropped, because nothing was played there. The column is a name, or # and a place in the row. A whole number that was
-- written as 65.0, as pandas does, is 65.
CREATE TEMPORARY VIEW judged AS
SELECT path, number, file, date, line, last_line, first_text AS row,
       CASE
         WHEN is_header THEN 'header'
         WHEN problem IS NOT NULL THEN 'rejected'
         WHEN artist = '' THEN 'dropped'
         ELSE 'kept'
       END AS verdict,
       IF(startswith(problem.column, '#'),
          coalesce(get(labels, CAST(substr(problem.column, 2) AS INT)), concat('field ', 1 + CAST(substr(problem.column, 2) AS INT))),
          problem.column) AS column,
       problem.reason,
       artist, firstName, gender, itemInSession, lastName, length, level, location, sessionId, song, userId
FROM (
  SELECT path, number, file, date, line, last_line, is_header, first_text, labels,
         artist, firstName, gender, itemInSession, lastName, length, level, location, sessionId, song, userId,
         CASE
           WHEN problem IS NOT NULL THEN problem
           WHEN octet_length(first_text) > ${spark.sparkify.longestRecord} THEN
             struct('' AS column, '${spark.sparkify.reason.tooLong}' AS reason)
           WHEN octet_length(text) > ${spark.sparkify.longestRecord} THEN
             struct('' AS column, '${spark.sparkify.reason.openTooLong}' AS reason)
           WHEN array_join(tokens, ',') <> clean THEN
             struct(concat('#', size(regexp_extract_all(regexp_extract(clean, '^(?:${field},)*+', 0), '${field},', 0))) AS column,
                    '${spark.sparkify.reason.strayQuote}' AS reason)
           WHEN last_line > line AND size(tokens) > width AND NOT ends_empty THEN
             struct('' AS column, format_string('${spark.sparkify.reason.joinedFields}', width) AS reason)
           WHEN last_line > line AND exists(tokens, token -> NOT startswith(token, '"') AND contains(token, '"')) THEN
             struct(concat('#', array_position(transform(tokens, token -> NOT startswith(token, '"') AND contains(token, '"')), true) - 1)
                      AS column, '${spark.sparkify.reason.joinedQuote}' AS reason)
           WHEN size(tokens) <> width AND NOT ends_empty THEN
             struct('' AS column, format_string('${spark.sparkify.reason.fields}', size(tokens), width) AS reason)
           WHEN contains(text, '\0') OR NOT is_utf8 THEN
             struct(concat('#', array_position(transform(tokens, token -> contains(token, '\0') OR NOT is_utf8 AND
                      encode(decode(encode(token, 'ISO-8859-1'), 'UTF-8'), 'UTF-8') <> encode(token, 'ISO-8859-1')), true) - 1)
                      AS column,
                    IF(contains(text, '\0'), '${spark.sparkify.reason.nul}', '${spark.sparkify.reason.notUtf8}') AS reason)
           WHEN artist = '' THEN NULL
           WHEN NOT coalesce(sessionId RLIKE '^[0-9]+\\z' AND CAST(sessionId AS BIGINT) <= ${spark.sparkify.largestWholeNumber}, false) THEN
             struct('sessionId' AS column,
                    IF(sessionId = '', '${spark.sparkify.reason.empty}', '${spark.sparkify.reason.notWhole}') AS reason)
           WHEN NOT coalesce(itemInSession RLIKE '^[0-9]+\\z' AND CAST(itemInSession AS BIGINT) <= ${spark.sparkify.largestWholeNumber}, false) THEN
             struct('itemInSession' AS column,
                    IF(itemInSession = '', '${spark.sparkify.reason.empty}', '${spark.sparkify.reason.notWhole}') AS reason)
           WHEN NOT coalesce(userId RLIKE '^[0-9]+\\z' AND CAST(userId AS BIGINT) <= ${spark.sparkify.largestWholeNumber}, false) THEN
             struct('userId' AS column,
                    IF(userId = '', '${spark.sparkify.reason.empty}', '${spark.sparkify.reason.notWhole}') AS reason)
           WHEN NOT (length(length) < ${spark.sparkify.tooLongForSeconds} AND length RLIKE '^[0-9]+(?:\\.[0-9]+)?\\z') THEN
             struct('length' AS column, IF(length = '', '${spark.sparkify.reason.empty}', '${spark.sparkify.reason.notSeconds}') AS reason)
           WHEN song = '' THEN struct('song' AS column, '${spark.sparkify.reason.noSong}' AS reason)
         END AS problem
  FROM (
    SELECT records.*, number, file, date, labels, size(names) AS width,
           may_end_empty AND size(tokens) = size(names) + 1 AND element_at(tokens, -1) IN ('', '""') AS ends_empty,
           get(fields, at.artist - 1) AS artist, get(fields, at.firstName - 1) AS firstName,
           get(fields, at.gender - 1) AS gender, IF(contains(clean, '.0'), regexp_replace(get(fields, at.itemInSession - 1), '^([0-9]+)[.]00?\\z', '$1'), get(fields, at.itemInSession - 1)) AS itemInSession,
           get(fields, at.lastName - 1) AS lastName, get(fields, at.length - 1) AS length,
           get(fields, at.level - 1) AS level, get(fields, at.location - 1) AS location,
           IF(contains(clean, '.0'), regexp_replace(get(fields, at.sessionId - 1), '^([0-9]+)[.]00?\\z', '$1'), get(fields, at.sessionId - 1)) AS sessionId, get(fields, at.song - 1) AS song,
           IF(contains(clean, '.0'), regexp_replace(get(fields, at.userId - 1), '^([0-9]+)[.]00?\\z', '$1'), get(fields, at.userId - 1)) AS userId
    FROM records JOIN logs USING (path)));

-- Judged once and kept: a view would be worked out anew by each of the statements below.
CREATE TABLE verdicts USING parquet OPTIONS ('parquet.enable.dictionary' 'false') AS
SELECT shiftleft(CAST(number AS BIGINT), 32) + line AS position, file, date, line, last_line, verdict, column, reason,
       IF(verdict = 'rejected', row, NULL) AS row,
       artist, firstName, gender, CAST(itemInSession AS INT) AS itemInSession, lastName, CAST(length AS DOUBLE) AS length,
       level, location, CAST(sessionId AS INT) AS sessionId, song, CAST(userId AS INT) AS userId,
       IF(verdict <> 'kept' OR
          CAST(CAST(itemInSession AS INT) AS STRING) <=> itemInSession AND CAST(CAST(length AS DOUBLE) AS STRING) <=> length AND
          CAST(CAST(sessionId AS INT) AS STRING) <=> sessionId AND CAST(CAST(userId AS INT) AS STRING) <=> userId,
          NULL, named_struct('itemInSession', itemInSession, 'length', length, 'sessionId', sessionId, 'userId', userId))
         AS numbersAsWritten
FROM judged;

-- What follows a record in its lines is no record of its own.
CREATE TEMPORARY VIEW rows AS
WITH several AS (
  SELECT file, aggregate(array_sort(collect_list(struct(line, last_line))),
      array(struct(0 AS line, 0 AS last_line)),
      (spans, next) -> IF(next.line > element_at(spans, -1).last_line, concat(spans, array(next)), spans)) AS spans
  FROM verdicts WHERE last_line > line AND verdict IN ('kept', 'dropped')
  GROUP BY file)
SELECT verdicts.*
FROM verdicts LEFT JOIN several ON verdicts.file = several.file
WHERE verdict <> 'header'
  AND (spans IS NULL OR NOT exists(spans, span -> line > span.line AND line <= span.last_line));

CREATE TABLE counts USING parquet AS
SELECT file, count(*) AS rows, count_if(verdict = 'kept') AS kept, count_if(verdict = 'dropped') AS dropped,
       count_if(verdict = 'rejected') AS rejected,
       mode(IF(verdict = 'rejected', IF(column = '', reason, concat(column, ': ', reason)), NULL)) AS reason
FROM rows GROUP BY file;

SELECT to_json(named_struct('event', 'counts',
  'files', (SELECT count(*) FROM logs), 'rows', coalesce(sum(rows), 0), 'kept', coalesce(sum(kept), 0),
  'dropped', coalesce(sum(dropped), 0), 'rejected', coalesce(sum(rejected), 0)))
FROM counts;

-- The rejected rows as they were, byte for byte.
INSERT OVERWRITE DIRECTORY '${spark.sparkify.out}/rejected' USING text
SELECT concat('"', replace(file, '"', '""'), '","', line, '","', column, '","', reason, '","', replace(row, '"', '""'), '"')
FROM rows WHERE verdict = 'rejected' ORDER BY position;

SELECT to_json(named_struct('event', 'reason', 'reason', IF(column = '', reason, concat(column, ': ', reason)), 'rows', count(*)))
FROM rows WHERE verdict = 'rejected' GROUP BY column, reason ORDER BY min(position);

-- A log all of whose rows are rejected is not what it should be: a day would be missing.
CREATE TEMPORARY VIEW useless AS
SELECT file, rows, reason FROM counts
WHERE rows = rejected AND rows >= ${spark.sparkify.leastUselessRows}
  AND (SELECT sum(rejected) FROM counts) <= ${spark.sparkify.maxErrors};

SELECT to_json(struct('useless' AS event, *)) FROM useless ORDER BY file;

CREATE TEMPORARY VIEW refused AS
SELECT CASE
         WHEN sum(rejected) > ${spark.sparkify.maxErrors} THEN 'too many rejected'
         WHEN (SELECT count(*) FROM useless) > 0 AND NOT ${spark.sparkify.skipFiles} THEN 'unreadable files'
         WHEN coalesce(sum(kept), 0) = 0 THEN 'nothing kept'
       END AS why
FROM counts;

SELECT to_json(struct('refused' AS event, why)) FROM refused WHERE why IS NOT NULL;

SELECT assert_true(why IS NULL) FROM refused;

------------------------------------------------------------------------------------------------------------------------
SELECT '{"event":"step","title":"Keep the plays as Parquet and CSV"}';

-- Each day is a partition. A day that is in this run replaces what was kept of it before; other days stay.
CREATE TABLE plays (
  artist STRING, firstName STRING, gender STRING, itemInSession INT, lastName STRING, length DOUBLE, level STRING,
  location STRING, sessionId INT, song STRING, userId INT,
  numbersAsWritten STRUCT<itemInSession: STRING, length: STRING, sessionId: STRING, userId: STRING>,
  file STRING, line INT, date STRING)
USING parquet PARTITIONED BY (date) LOCATION '${spark.sparkify.out}/plays';

-- What was there of these days, so that what is no more can leave the tables too.
CREATE TABLE earlier USING parquet AS
SELECT sessionId, itemInSession, userId, song FROM plays WHERE date IN (SELECT date FROM logs);

SET spark.sql.sources.partitionOverwriteMode=dynamic;
INSERT OVERWRITE plays
SELECT artist, firstName, gender, itemInSession, lastName, length, level, location, sessionId, song, userId,
       numbersAsWritten, file, line, date
FROM rows WHERE verdict = 'kept';

INSERT OVERWRITE DIRECTORY '${spark.sparkify.out}/csv' USING text
SELECT concat('"', replace(artist, '"', '""'), '","', replace(firstName, '"', '""'), '","', replace(gender, '"', '""'), '","',
  coalesce(numbersAsWritten.itemInSession, itemInSession), '","', replace(lastName, '"', '""'), '","',
  coalesce(numbersAsWritten.length, length), '","', replace(level, '"', '""'), '","', replace(location, '"', '""'), '","',
  coalesce(numbersAsWritten.sessionId, sessionId), '","', replace(song, '"', '""'), '","',
  coalesce(numbersAsWritten.userId, userId), '"')
FROM (SELECT * FROM rows WHERE verdict = 'kept' ORDER BY position);

-- The plays of this run, from now on out of the Parquet files.
CREATE TEMPORARY VIEW loaded AS SELECT * FROM plays WHERE date IN (SELECT date FROM logs);
DROP TABLE verdicts;

------------------------------------------------------------------------------------------------------------------------
-- The tables. Of the plays with one primary key the last one counts, as an INSERT is an upsert. Rows of one partition come
-- together, so that the connector can send them in one batch.

CREATE TEMPORARY VIEW song_by_session_item AS
SELECT sessionId AS session_id, itemInSession AS item_in_session, artist, song, length
FROM (SELECT *, row_number() OVER (PARTITION BY sessionId, itemInSession ORDER BY date DESC, file DESC, line DESC) AS nth
      FROM (SELECT * FROM loaded DISTRIBUTE BY sessionId))
WHERE nth = 1;

CREATE TEMPORARY VIEW songs_by_user_session AS
SELECT userId AS user_id, sessionId AS session_id, itemInSession AS item_in_session, artist, song,
       firstName AS first_name, lastName AS last_name
FROM (SELECT *, row_number() OVER (PARTITION BY userId, sessionId, itemInSession ORDER BY date DESC, file DESC, line DESC) AS nth
      FROM (SELECT * FROM loaded DISTRIBUTE BY userId, sessionId))
WHERE nth = 1;

CREATE TEMPORARY VIEW users_by_song AS
SELECT song, userId AS user_id, firstName AS first_name, lastName AS last_name
FROM (SELECT *, row_number() OVER (PARTITION BY song, userId ORDER BY date DESC, file DESC, line DESC) AS nth
      FROM (SELECT * FROM loaded DISTRIBUTE BY song))
WHERE nth = 1;

SELECT '{"event":"step","title":"Load song_by_session_item"}';
INSERT INTO cass.sparkify.song_by_session_item (session_id, item_in_session, artist, song, length)
SELECT session_id, item_in_session, artist, song, length FROM song_by_session_item;

SELECT '{"event":"step","title":"Load songs_by_user_session"}';
INSERT INTO cass.sparkify.songs_by_user_session
  (user_id, session_id, item_in_session, artist, song, first_name, last_name)
SELECT user_id, session_id, item_in_session, artist, song, first_name, last_name FROM songs_by_user_session;

SELECT '{"event":"step","title":"Load users_by_song"}';
INSERT INTO cass.sparkify.users_by_song (song, user_id, first_name, last_name)
SELECT song, user_id, first_name, last_name FROM users_by_song;
------------------------------------------------------------------------------------------------------------------------
-- Rows of plays that are in none of the days any more. The connector cannot delete, but what it writes can have a life of
-- one second: such a row takes the place of the old one, and is gone.
SET spark.cassandra.output.ttl=1;

-- Mostly there was nothing before: then nothing is looked up either.
CREATE TEMPORARY VIEW lasting AS SELECT * FROM plays WHERE EXISTS (SELECT * FROM earlier);

INSERT INTO cass.sparkify.song_by_session_item (session_id, item_in_session, artist, song, length)
SELECT sessionId, itemInSession, NULL, NULL, NULL
FROM (SELECT DISTINCT sessionId, itemInSession FROM earlier) LEFT ANTI JOIN lasting USING (sessionId, itemInSession);

INSERT INTO cass.sparkify.songs_by_user_session
  (user_id, session_id, item_in_session, artist, song, first_name, last_name)
SELECT userId, sessionId, itemInSession, NULL, NULL, NULL, NULL
FROM (SELECT DISTINCT userId, sessionId, itemInSession FROM earlier)
LEFT ANTI JOIN lasting USING (userId, sessionId, itemInSession);

INSERT INTO cass.sparkify.users_by_song (song, user_id, first_name, last_name)
SELECT song, userId, NULL, NULL
FROM (SELECT DISTINCT song, userId FROM earlier) LEFT ANTI JOIN lasting USING (song, userId);

RESET spark.cassandra.output.ttl;

------------------------------------------------------------------------------------------------------------------------
SELECT '{"event":"step","title":"Compare the tables with the plays"}';

-- The plays of days that were kept by other runs are in the tables too.
CREATE TEMPORARY VIEW others AS SELECT * FROM plays WHERE date NOT IN (SELECT date FROM logs);

SELECT to_json(named_struct('event', 'verified', 'name', 'sparkify.song_by_session_item',
  'rows', count(found.session_id), 'expectedRows', count(expected.session_id),
  'missing', count_if(found.session_id IS NULL),
  'altered', count_if(found.session_id IS NOT NULL AND expected.session_id IS NOT NULL AND NOT (
    found.artist <=> expected.artist AND found.song <=> expected.song AND found.length <=> expected.length)),
  'extra', count_if(expected.session_id IS NULL AND other.sessionId IS NULL)))
FROM song_by_session_item AS expected
FULL OUTER JOIN cass.sparkify.song_by_session_item AS found
  ON found.session_id = expected.session_id AND found.item_in_session = expected.item_in_session
LEFT JOIN (SELECT DISTINCT sessionId, itemInSession FROM others) AS other
  ON other.sessionId = found.session_id AND other.itemInSession = found.item_in_session
WHERE ${spark.sparkify.verify};

SELECT to_json(named_struct('event', 'verified', 'name', 'sparkify.songs_by_user_session',
  'rows', count(found.user_id), 'expectedRows', count(expected.user_id),
  'missing', count_if(found.user_id IS NULL),
  'altered', count_if(found.user_id IS NOT NULL AND expected.user_id IS NOT NULL AND NOT (
    found.artist <=> expected.artist AND found.song <=> expected.song AND
    found.first_name <=> expected.first_name AND found.last_name <=> expected.last_name)),
  'extra', count_if(expected.user_id IS NULL AND other.userId IS NULL)))
FROM songs_by_user_session AS expected
FULL OUTER JOIN cass.sparkify.songs_by_user_session AS found
  ON found.user_id = expected.user_id AND found.session_id = expected.session_id AND found.item_in_session = expected.item_in_session
LEFT JOIN (SELECT DISTINCT userId, sessionId, itemInSession FROM others) AS other
  ON other.userId = found.user_id AND other.sessionId = found.session_id AND other.itemInSession = found.item_in_session
WHERE ${spark.sparkify.verify};

SELECT to_json(named_struct('event', 'verified', 'name', 'sparkify.users_by_song',
  'rows', count(found.song), 'expectedRows', count(expected.song),
  'missing', count_if(found.song IS NULL),
  'altered', count_if(found.song IS NOT NULL AND expected.song IS NOT NULL AND NOT (
    found.first_name <=> expected.first_name AND found.last_name <=> expected.last_name)),
  'extra', count_if(expected.song IS NULL AND other.song IS NULL)))
FROM users_by_song AS expected
FULL OUTER JOIN cass.sparkify.users_by_song AS found ON found.song = expected.song AND found.user_id = expected.user_id
LEFT JOIN (SELECT DISTINCT song, userId FROM others) AS other
  ON other.song = found.song AND other.userId = found.user_id
WHERE ${spark.sparkify.verify};

DROP TABLE earlier;
DROP TABLE blocks;
DROP TABLE all_logs;
DROP TABLE counts;
DROP TABLE logs;
SELECT '{"event":"done"}';
