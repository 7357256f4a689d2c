package audit

import (
	"regexp"
	"strings"
)

// things and deeds are the two halves of what was done, as the log has it and as
// people read it.
var things = map[string]string{
	"account": "账号", "audit": "操作记录", "bank": "题库", "board": "排行", "branch": "支部", "console": "管理台", "item": "条目", "library": "题库和条目", "media": "图片和音频",
	"member": "学员", "menu": "菜单", "paper": "试卷", "push": "推送", "question": "题目", "season": "赛季", "trends": "趋势",
}

var deeds = map[string]string{
	"add": "新增", "answer": "答复", "approve": "批准", "close": "停用", "commit": "公布承诺", "correct": "更正登记", "data": "取走数据", "drop": "取消一天、不计分",
	"edit": "修改", "erase": "注销", "explain": "看名次的由来", "export": "导出", "find": "查找", "import": "导入", "keep": "取消一天、保留得分", "load": "载入", "move": "换日子",
	"new": "新写", "note": "加批注", "objection": "代记申诉", "off": "关闭", "on": "打开", "open": "开", "password": "改密码", "pin": "指定题目", "preview": "预览",
	"prizes": "导出颁奖名单", "publish": "发布", "rank": "退出或加入排行", "regrade": "更正答案", "rekey": "搬到新的 openid", "reopen": "退回草稿", "reset": "给新密码",
	"restore": "恢复", "retire": "停用", "return": "退回", "review": "审过", "revoke": "撤销荣誉", "role": "改角色", "save": "保存", "send": "发送", "show": "查看",
	"sign": "签名", "stand": "不取消一天了", "start": "开始", "stop": "停止", "switch": "打开或关闭", "test": "试发", "try": "给自己试发", "token": "看令牌", "unbind": "删去登记", "undo": "撤销", "unpin": "取消指定", "void": "取消一天",
}

// whole are those that the two halves would not say well.
var whole = map[string]string{
	"account.open": "开账号", "account.reopen": "恢复账号", "board.explain": "看一名学员名次的由来", "console.token": "看公众号的令牌", "menu.install": "装上公众号的菜单", "library.load": "载入题库或条目",
	"board.ledger": "导出成绩台账", "season.honours": "导出有姓名的荣誉名单", "season.certificates": "取证书",
	"bank.regrade": "更正答案", "season.close": "结赛", "season.commit": "结赛前公布承诺", "season.restore": "恢复荣誉", "member.objection": "替学员记申诉", "member.answer": "答复申诉",
	"item.restore": "条目改回原样", "question.restore": "题目改回原样",
}

// Word is what was done, as people read it; one that is not known stays as it is.
func Word(did string) string {
	if w, ok := whole[did]; ok {
		return w
	}
	thing, deed, _ := strings.Cut(did, ".")
	if t, d := things[thing], deeds[deed]; t != "" && d != "" {
		return t + "：" + d
	}
	return did
}

// details are what the log has beside what was done, and how people read it.
var details = []struct {
	is   *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`^in$`), "重新加入"}, {regexp.MustCompile(`^out$`), "退出"}, {regexp.MustCompile(`^on$`), "打开"}, {regexp.MustCompile(`^off$`), "关闭"},
	{regexp.MustCompile(`^name and branch$`), "姓名和支部"}, {regexp.MustCompile(`^name$`), "姓名"}, {regexp.MustCompile(`^branch$`), "支部"},
	{regexp.MustCompile(`^(\S+) (\d+) days$`), "$1 赛季，$2 天"}, {regexp.MustCompile(`^place (\d+)$`), "第 $1 名"}, {regexp.MustCompile(`^revision (\d+)$`), "第 $1 版"},
	{regexp.MustCompile(`^(\d+) entries$`), "$1 条"}, {regexp.MustCompile(`^(\d+) moves, (\d+) skipped$`), "搬了 $1 人，跳过 $2 人"},
}

// notDone is how a line says that what an earlier one announced was not done.
const notDone = "(not done)"

// detail is what the log has beside what was done, as people read it; what is not known
// stays as it is.
func detail(more string) string {
	more, failed := strings.CutSuffix(more, notDone)
	more = strings.TrimSpace(more)
	for _, d := range details {
		if d.is.MatchString(more) {
			more = d.is.ReplaceAllString(more, d.word)
			break
		}
	}
	if failed {
		more += "（没有做成）"
	}
	return more
}
