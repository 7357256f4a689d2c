package store

import (
	"hash/fnv"
	"strconv"

	"dangshi/quiz"
)

// Every key of the store is made here and nowhere else, Lua included. A key
// begins with a hash tag: {s00} to {s63} for what belongs to one member or one
// shard, {all} for what all share. All keys of one tag lie in one slot of a
// cluster, so that one script can write them together.

// ClusterShards is the number of shards on a cluster. A single Redis has one.
const ClusterShards = 64

func tag(shard int) string {
	return string([]byte{'{', 's', '0' + byte(shard/10), '0' + byte(shard%10), '}'})
}

const all = "{all}"

// memberKey holds a member's record: see record.go.
func memberKey(shard int, id string) string { return tag(shard) + ":member:" + id }

// memberPattern and logPattern match all memberKeys and logKeys, in SCAN.
const (
	memberPattern = "{s??}:member:*"
	logPattern    = "{s??}:log:*"
)

// logKey holds a member's answers of one season, as quiz.AppendEntry writes them.
func logKey(shard int, season, id string) string { return tag(shard) + ":log:" + season + ":" + id }

// replyKey holds what was said to one message.
func replyKey(shard int, id string, message uint64) string {
	var digits [16]byte
	return tag(shard) + ":reply:" + id + ":" + string(strconv.AppendUint(digits[:0], message, 16))
}

// helpedKey holds the last day on which the member was helped unasked, and after a
// space the message that was helped.
func helpedKey(shard int, id string) string { return tag(shard) + ":helped:" + id }

// practiceKey holds what a member practises: 8 bytes of version, then the rules'
// own form.
func practiceKey(shard int, id string) string { return tag(shard) + ":practice:" + id }

// objectionsKey holds a member's objections and the answers: 8 bytes of version,
// then JSON.
func objectionsKey(shard int, id string) string { return tag(shard) + ":objections:" + id }

// objectionsPattern matches all objectionsKeys, in SCAN.
const objectionsPattern = "{s??}:objections:*"

// movesKey holds which moves of openids were made: 8 bytes of version, then JSON.
// It names nobody.
func movesKey() string { return all + ":moves" }

// linkKey holds the links by which a member may fetch the own data once: keyed hash
// → Unix milliseconds at which it ends.
func linkKey(shard int, id string) string { return tag(shard) + ":link:" + id }

// objectedKey holds the number of the last objection.
func objectedKey() string { return all + ":objected" }

// erasedKey holds the tombstones of erased members: keyed hash → Unix
// milliseconds. All of a slot's members have theirs in it, but after Rekey they
// may lie in any shard: whoever looks for one reads all shards.
func erasedKey(shard int) string { return tag(shard) + ":erased" }

// isTombstones reports whether a key is an erasedKey.
func isTombstones(key string) bool {
	k, _, _, ok := parseKey(key)
	return ok && k.owned == anyShard
}

// remindKey holds member → minute of the day at which to be reminded, 0 to 1439.
func remindKey(shard int) string { return tag(shard) + ":remind" }

// runKey holds how far a shard's members have been sent a day's push one by one: 8
// bytes of version, then the push's own form. It never moves to another number of
// shards: whoever finds it missing takes it that all its members may have been sent
// to.
func runKey(shard int, name string) string { return tag(shard) + ":run:" + name }

// doubtKey holds those of a run who may have been sent to, as Mark writes them, part
// by part.
func doubtKey(shard int, name string, part int) string {
	return tag(shard) + ":doubt:" + name + ":" + strconv.Itoa(part)
}

// boardKey holds one generation of a season's board: member → packed score.
func boardKey(shard int, season string, generation int) string {
	return tag(shard) + ":board:" + season + ":" + strconv.Itoa(generation)
}

// genKey holds season → the generation that is read, and after a space the one
// that is being filled; absent: 1. Beside it oldestField.
func genKey(shard int) string { return tag(shard) + ":gen" }

// oldestField is the field of genKey with the oldest generation that a board may
// still be left of; absent: 1. No season's id has a space.
func oldestField(season string) string { return season + " oldest" }

// pinKey holds what was decided at the first start: see pin.go.
func pinKey() string { return all + ":pin" }

// versionKey holds papers, voids, rulings, branches, library, tally, honours → a
// number that each change raises. Beside them boardField, claimField and closeField.
func versionKey() string { return all + ":version" }

// boardField is the field of versionKey with the generation of a season's boards
// that readers ask for; absent: the one that each shard has.
func boardField(season string) string { return "board " + season }

// claimField is the field of versionKey that names the Rebuild of a season which
// was begun last; no other may make readers switch.
func claimField(season string) string { return "rebuild " + season }

// closeField is the field of versionKey that names the run of a season's close which
// was begun last; no other may finish.
func closeField(season string) string { return "close " + season }

// paperKey holds the version of the day's paper that is asked now.
func paperKey(day quiz.Day) string { return all + ":paper:" + day.String() }

// frozenKey holds one paper as JSON; it never changes.
func frozenKey(day quiz.Day, version int) string {
	return paperKey(day) + ":" + strconv.Itoa(version)
}

// pinnedKey holds the ids of the questions that were chosen for a day whose paper is
// to be drawn: 8 bytes of version, then JSON; an empty list: none.
func pinnedKey(day quiz.Day) string { return all + ":pinned:" + day.String() }

// voidsKey holds day → how it was voided.
func voidsKey() string { return all + ":voids" }

// rulingsKey holds what was ruled of keys that were wrong, and the regrade that is
// under way: 8 bytes of version, then JSON; see ledger.
func rulingsKey() string { return all + ":rulings" }

// branchesKey holds the tree of branches: 8 bytes of version, then JSON.
func branchesKey() string { return all + ":branches" }

// questionsKey holds id → question as JSON: content.Sheet.
func questionsKey() string { return all + ":questions" }

// changesKey holds version of the library → ids of what changed with it, as JSON:
// prefixes of shelves and ids. It has the last changes, except large ones.
func changesKey() string { return all + ":changes" }

// itemsKey holds id → item as JSON: content.Sheet.
func itemsKey() string { return all + ":items" }

// pagesKey holds what questions and items were before: "question:ID" and "item:ID"
// → lines of JSON, oldest first: content.Page.
func pagesKey() string { return all + ":pages" }

// mediaKey holds an uploaded picture or audio as it is; its name says what it holds.
func mediaKey(name string) string { return all + ":media:" + name }

// mediaSizesKey holds name → size in bytes of all that mediaKey holds.
func mediaSizesKey() string { return all + ":mediasizes" }

// mediaIdleKey holds name → since when nothing uses an uploaded file, in Unix seconds.
func mediaIdleKey() string { return all + ":mediaidle" }

// starterKey holds what was seeded: "version" → the version of the starter
// material, "question:ID" and "item:ID" → a digest of what was seeded.
func starterKey() string { return all + ":starter" }

// seasonsKey holds season → the terms with which it began, as JSON.
func seasonsKey() string { return all + ":seasons" }

// closingKey holds how far the close of a season is: 8 bytes of version, then JSON;
// see closing. The seed of the draw in it is secret until the close.
func closingKey(season string) string { return all + ":closing:" + season }

// honoursKey holds the honours list of a closed season: 8 bytes of version, then
// the very bytes that were published. They never change.
func honoursKey(season string) string { return all + ":honours:" + season }

// winnersKey holds place → member of a season's honours list: 8 bytes of version,
// then JSON. It is the only key of those that all share which knows members: an
// erased one is taken out.
func winnersKey(season string) string { return all + ":winners:" + season }

// rollKey holds a part of a list of pseudonyms of a season, one after another; see
// roll. Lists are told apart by their name.
func rollKey(season, name string, part int) string {
	return all + ":roll:" + season + ":" + name + ":" + strconv.Itoa(part)
}

// rehearsalKey marks what a simulation left, which the next one may delete.
func rehearsalKey() string { return all + ":rehearsal" }

// clockKey holds by how many nanoseconds the sandbox's clock is ahead.
func clockKey() string { return all + ":clock" }

// pushKey holds a ledger of the push: 8 bytes of version, then the push's own form.
func pushKey(name string) string { return all + ":push:" + name }

// simKey holds a document of the sandbox: 8 bytes of version, then its own form.
func simKey(name string) string { return all + ":sim:" + name }

// simListKey holds a list of the sandbox, oldest entry first.
func simListKey(name string) string { return all + ":simlist:" + name }

// namesKey holds the names of the documents of a kind (push, sim, account), and perhaps
// some that were never written.
func namesKey(kind string) string { return all + ":names:" + kind }

// auditKey holds what was done by whom, as JSON, oldest line first.
func auditKey() string { return all + ":audit" }

// tallyKey holds the last count of a season's branches, as JSON.
func tallyKey(season string) string { return all + ":tally:" + season }

// trendsKey holds the last count of how a season goes: 8 bytes of version, then JSON.
func trendsKey(season string) string { return all + ":trends:" + season }

// tokenKey holds a token of the account, such as its access token.
func tokenKey(name string) string { return all + ":token:" + name }

// accountKey holds an account of the console: 8 bytes of version, then its own form.
func accountKey(name string) string { return all + ":account:" + name }

// sessionKey holds a session of the console.
func sessionKey(token string) string { return all + ":session:" + token }

// draftKey holds what somebody's hash has begun in the console and not yet stored.
func draftKey(who string) string { return all + ":draft:" + who }

// undoKey holds act → what it takes to undo an act with the library, packed; undoneKey
// act → when it was done, in Unix seconds; undoSizeKey how much room all of it takes, in
// bytes.
func undoKey() string     { return all + ":undo" }
func undoneKey() string   { return all + ":undone" }
func undoSizeKey() string { return all + ":undosize" }

// qstatsKey holds how the questions of a season did when they were counted
// last, as JSON.
func qstatsKey(season string) string { return all + ":qstats:" + season }

// attemptKey counts attempts of a kind, such as signing in, of somebody's hash.
func attemptKey(kind, who string) string { return all + ":attempt:" + kind + ":" + who }

// workKey holds how far a work of the console is, as JSON.
func workKey(id string) string { return all + ":work:" + id }

// claimKey holds who does something alone, see Alone.
func claimKey(name string) string { return all + ":claim:" + name }

// activityKey counts what goes on by the hour of a day, see activityField; lastField
// of it is when the last message came, in Unix milliseconds.
func activityKey(day quiz.Day) string { return all + ":activity:" + day.String() }

// paceKey holds until when the calls of a kind are spoken for, in Unix microseconds.
func paceKey(kind string) string { return all + ":pace:" + kind }

// backupKey holds when the last backup was made: 8 bytes of version, then JSON.
func backupKey() string { return all + ":backup" }

// shardOf is the shard of a member: FNV-1a of the openid, for ever.
func shardOf(id string, shards int) int {
	if shards == 1 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % uint32(shards))
}

func isShardTag(s string) bool {
	if len(s) != 4 || s[:2] != "{s" || s[2] < '0' || s[2] > '9' || s[3] < '0' || s[3] > '9' {
		return false
	}
	return shardNumber(s) < ClusterShards
}

// shardNumber reads the number in a shard's tag.
func shardNumber(tagged string) int { return int(tagged[2]-'0')*10 + int(tagged[3]-'0') }
