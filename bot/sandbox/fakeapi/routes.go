package fakeapi

import (
	"slices"
	"strings"
)

// route is one path of the API.
type route struct {
	handle  func(*API, *call) (any, error)
	post    bool // POST alone; else GET is what the documents say
	upload  bool // multipart/form-data with a file
	open    bool // needs no access_token
	service bool // for verified service accounts alone: 48001
	day     int  // calls a day; 0: anyDay
	minute  int  // calls a minute; 0: any number
}

// anyDay is the daily quota of paths for which WeChat publishes none.
const anyDay = 100_000

// verified are the beginnings of paths that an account which WeChat has not verified may not call.
// The documents say of drafts and their publication that the account's own list of rights counts:
// here such an account may keep drafts and not publish them.
var verified = []string{
	"/cgi-bin/message/", "/cgi-bin/menu/", "/cgi-bin/freepublish/", "/cgi-bin/user/", "/cgi-bin/tags/",
}

// may reports whether the account has the right to call a path.
func (a *API) may(path string, rt route) bool {
	if rt.service && (!a.cfg.Service || a.cfg.Unverified) {
		return false
	}
	return !a.cfg.Unverified || !slices.ContainsFunc(verified, func(begins string) bool { return strings.HasPrefix(path, begins) })
}

// routes are all paths. Quotas a day:
// developers.weixin.qq.com/doc/service/Message_Management/API_Call_Limits.html.
func routes() map[string]route {
	return map[string]route{
		"/cgi-bin/token":        {handle: (*API).token, open: true, day: 2000},
		"/cgi-bin/stable_token": {handle: (*API).stableToken, post: true, open: true, day: 500_000, minute: 10_000},

		"/cgi-bin/getcallbackip":     {handle: (*API).callbackIP},
		"/cgi-bin/get_api_domain_ip": {handle: (*API).apiIP},
		"/cgi-bin/clear_quota":       {handle: (*API).clearQuota, post: true},
		"/cgi-bin/clear_quota/v2":    {handle: (*API).clearQuotaBySecret, post: true, open: true},
		"/cgi-bin/openapi/quota/get": {handle: (*API).quota, post: true},

		"/cgi-bin/message/mass/sendall":   {handle: (*API).massSendAll, post: true, day: 100, minute: 60},
		"/cgi-bin/message/mass/send":      {handle: (*API).massSend, post: true, day: 100, minute: 60},
		"/cgi-bin/message/mass/preview":   {handle: (*API).massPreview, post: true, day: 100},
		"/cgi-bin/message/mass/get":       {handle: (*API).massGet, post: true},
		"/cgi-bin/message/mass/delete":    {handle: (*API).massDelete, post: true},
		"/cgi-bin/message/mass/speed/get": {handle: (*API).speedGet, post: true},
		"/cgi-bin/message/mass/speed/set": {handle: (*API).speedSet, post: true},

		"/cgi-bin/message/custom/send":   {handle: (*API).customSend, post: true, day: 500_000},
		"/cgi-bin/message/custom/typing": {handle: (*API).customTyping, post: true, day: 500_000},

		"/cgi-bin/message/template/send":             {handle: (*API).templateSend, post: true, service: true},
		"/cgi-bin/template/api_add_template":         {handle: (*API).templateAdd, post: true, service: true},
		"/cgi-bin/template/get_all_private_template": {handle: (*API).templateList, service: true},
		"/cgi-bin/template/del_private_template":     {handle: (*API).templateDelete, post: true, service: true},

		"/cgi-bin/message/subscribe/bizsend":     {handle: (*API).noticeSend, post: true, service: true},
		"/wxaapi/newtmpl/addtemplate":            {handle: (*API).noticeAdd, post: true, service: true},
		"/wxaapi/newtmpl/deltemplate":            {handle: (*API).noticeDelete, post: true, service: true},
		"/wxaapi/newtmpl/gettemplate":            {handle: (*API).noticeList, service: true},
		"/wxaapi/newtmpl/getcategory":            {handle: (*API).noticeCategories, service: true},
		"/wxaapi/newtmpl/getpubtemplatetitles":   {handle: (*API).noticeTitles, service: true},
		"/wxaapi/newtmpl/getpubtemplatekeywords": {handle: (*API).noticeWords, service: true},

		"/cgi-bin/draft/add":                  {handle: (*API).draftAdd, post: true, day: 1000},
		"/cgi-bin/draft/get":                  {handle: (*API).draftGet, post: true, day: 500},
		"/cgi-bin/draft/update":               {handle: (*API).draftUpdate, post: true, day: 1000},
		"/cgi-bin/draft/delete":               {handle: (*API).draftDelete, post: true, day: 1000},
		"/cgi-bin/draft/count":                {handle: (*API).draftCount, day: 1000},
		"/cgi-bin/draft/batchget":             {handle: (*API).draftList, post: true, day: 1000},
		"/cgi-bin/freepublish/submit":         {handle: (*API).publish, post: true, day: 100},
		"/cgi-bin/freepublish/get":            {handle: (*API).publishGet, post: true, day: 100},
		"/cgi-bin/freepublish/getarticle":     {handle: (*API).publishArticle, post: true, day: 100},
		"/cgi-bin/freepublish/batchget":       {handle: (*API).publishList, post: true, day: 100},
		"/cgi-bin/freepublish/delete":         {handle: (*API).publishDelete, post: true, day: 10},
		"/cgi-bin/media/upload":               {handle: (*API).mediaUpload, post: true, upload: true},
		"/cgi-bin/media/get":                  {handle: (*API).mediaGet, day: 200_000},
		"/cgi-bin/media/uploadimg":            {handle: (*API).mediaImage, post: true, upload: true},
		"/cgi-bin/material/add_material":      {handle: (*API).materialAdd, post: true, upload: true},
		"/cgi-bin/material/get_material":      {handle: (*API).materialGet, post: true},
		"/cgi-bin/material/del_material":      {handle: (*API).materialDelete, post: true},
		"/cgi-bin/material/get_materialcount": {handle: (*API).materialCount},
		"/cgi-bin/material/batchget_material": {handle: (*API).materialList, post: true},

		"/cgi-bin/menu/create":               {handle: (*API).menuCreate, post: true, day: 1000},
		"/cgi-bin/menu/get":                  {handle: (*API).menuGet, day: 10_000},
		"/cgi-bin/menu/delete":               {handle: (*API).menuDelete, day: 1000},
		"/cgi-bin/get_current_selfmenu_info": {handle: (*API).menuInfo, day: 10_000},

		"/cgi-bin/get_current_autoreply_info": {handle: (*API).replyRules},

		"/cgi-bin/qrcode/create": {handle: (*API).qrCreate, post: true, service: true},

		"/cgi-bin/user/get":                    {handle: (*API).userList, day: 500},
		"/cgi-bin/user/info":                   {handle: (*API).userInfo, day: 5_000_000},
		"/cgi-bin/tags/create":                 {handle: (*API).tagCreate, post: true, day: 1000},
		"/cgi-bin/tags/get":                    {handle: (*API).tagList, day: 1000},
		"/cgi-bin/tags/delete":                 {handle: (*API).tagDelete, post: true, day: 1000},
		"/cgi-bin/tags/members/batchtagging":   {handle: (*API).tagMembers, post: true},
		"/cgi-bin/tags/members/batchuntagging": {handle: (*API).untagMembers, post: true},
		"/cgi-bin/user/tag/get":                {handle: (*API).tagMembersList, post: true},
	}
}
