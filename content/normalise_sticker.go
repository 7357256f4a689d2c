package content

import (
	"bytes"
	"strings"
	"sync"
)

// WeChat's own stickers reach a server as text: a name in brackets such as
// [微笑], or for the older ones a code such as /::) or /:rose. They say nothing
// that is compared, and some would be misread: /::B is a face, not the letter B.

// stickerNames are the names in simplified Chinese and in English, lower case.
const stickerNames = `微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 囧 抓狂 吐 偷笑 愉快 白眼 傲慢 困 惊恐 憨笑 悠闲 咒骂 嘘 晕 衰 骷髅 敲打 再见
 擦汗 抠鼻 鼓掌 坏笑 右哼哼 左哼哼 哈欠 鄙视 委屈 快哭了 阴险 亲亲 可怜 笑脸 生病 脸红 破涕为笑 恐惧 失望 无语 嘿哈 捂脸 奸笑 机智 皱眉 耶 吃瓜 加油 加油加油 汗 天啊 emm 社会社会 旺柴
 好的 打脸 哇 翻白眼 666 让我看看 叹气 苦涩 裂开 嘴唇 爱心 心碎 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 ok 合十 啤酒 咖啡 蛋糕 玫瑰 凋谢 菜刀 炸弹 便便 月亮 太阳 庆祝 礼物 红包 发 福
 烟花 爆竹 猪头 跳跳 发抖 转圈 冷汗 流汗 奋斗 吓 糗大了 饥饿 折磨 西瓜 篮球 乒乓 饭 闪电 刀 足球 瓢虫 蜡烛 鸡 差劲 爱你 no 爱情 飞吻 怄火 磕头 回头 跳绳 挥手 激动 街舞 献吻 左太极 右太极 一言难尽 凝望 拜托
 smile grimace drool scowl cooldude sob shy silent sleep cry awkward angry tongue grin surprise frown blush scream puke chuckle joyful slight smug drowsy panic laugh loafer scold shocked dizzy
 toasted skull hammer bye wipe nosepick clap trick bah!l bah!r yawn pooh-pooh shrunken tearingup sly kiss whimper happy sick flushed lol terror letdown duh hey facepalm smirk smart concerned
 yeah! onlooker goforit sweats omg respect doge noprob mybad wow boring awesome letmesee sigh hurt broken lips heart brokenheart hug thumbsup thumbsdown shake peace salute beckon fist worship
 beer coffee cake rose wilt cleaver bomb poop moon sun party gift packet rich blessing fireworks firecracker pig waddle tremble twirl candle chick aaagh! pup pleased`

// stickerCodes are the older codes, lower case. None is the beginning of
// another one.
const stickerCodes = `/::) /::~ /::b /::| /:8-) /::< /::$ /::x /::z /::'( /::-| /::@ /::p /::d /::o /::( /::+ /:--b /::q /::t /:,@p /:,@-d /:,@o /::g /:|-) /::! /::l /::> /::,@ /:,@f
 /::-s /:? /:,@x /:,@@ /::8 /:,@! /:!!! /:xx /:bye /:wipe /:dig /:handclap /:&-( /:b-) /:<@ /:@> /::-o /:>-| /:p-( /::'| /:x-) /::* /:@x /:8* /:pd /:<w> /:beer /:basketb /:oo /:coffee /:eat
 /:pig /:rose /:fade /:showlove /:heart /:break /:cake /:li /:bome /:kn /:footb /:ladybug /:shit /:moon /:sun /:gift /:hug /:strong /:weak /:share /:v /:@) /:jj /:@@ /:bad /:lvu /:no /:ok
 /:love /:<l> /:jump /:shake /:<o> /:circle /:kotow /:turn /:skip /:oy /:#-0 /:hiphot /:kiss /:<& /:&>`

// asking are the stickers of a puzzled face: they count as a question mark.
const asking = `[疑问] [confused] /:?`

// maxSticker bounds the bytes of a sticker's name with brackets, or code.
const maxSticker = 20

// stickers are all of them, with true for those that ask something.
var stickers = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(stickerNames) {
		all["["+name+"]"] = false
	}
	for code := range strings.FieldsSeq(stickerCodes) {
		all[code] = false
	}
	for s := range strings.FieldsSeq(asking) {
		all[s] = true
	}
	return all
})

// endsInSticker gives the length in bytes of the sticker with which folded text
// ends, 0 for none, and whether it asks something.
func endsInSticker(folded []byte) (n int, asks bool) {
	tail := folded[max(len(folded)-maxSticker, 0):]
	open := bytes.LastIndexByte(tail, '[')
	if !bytes.HasSuffix(tail, []byte("]")) {
		open = bytes.LastIndex(tail, []byte("/:"))
	}
	if open < 0 {
		return 0, false
	}
	asks, ok := stickers()[string(tail[open:])]
	if !ok {
		return 0, false
	}
	return len(tail) - open, asks
}
