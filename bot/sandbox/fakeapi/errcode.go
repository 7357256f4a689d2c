package fakeapi

// WeChat's codes, each with its errmsg.
const (
	codeBusy           = -1
	codeCredential     = 40001
	codeGrantType      = 40002
	codeOpenID         = 40003
	codeMediaType      = 40004
	codeFileType       = 40005
	codeMediaID        = 40007
	codeMessageType    = 40008
	codeImageSize      = 40009
	codeVoiceSize      = 40010
	codeVideoSize      = 40011
	codeThumbSize      = 40012
	codeAppID          = 40013
	codeButtonCount    = 40016
	codeButtonType     = 40017
	codeButtonName     = 40018
	codeButtonKey      = 40019
	codeButtonURL      = 40020
	codeSubCount       = 40023
	codeSubType        = 40024
	codeSubName        = 40025
	codeSubKey         = 40026
	codeSubURL         = 40027
	codeOpenIDCount    = 40032
	codeTemplateID     = 40037
	codeActionName     = 40052
	codeActionInfo     = 40053
	codeSubURLDomain   = 40054
	codeURLDomain      = 40055
	codeMsgID          = 40059
	codeURL            = 40066
	codeArgs           = 40097
	codeMissing        = 40101
	codeIndex          = 40114
	codeSecret         = 40125
	codeTwoOpenIDs     = 40130
	codeGroupID        = 40152
	codeAccountType    = 40200
	codeTokenMissing   = 41001
	codeAppIDMissing   = 41002
	codeSecretMissing  = 41004
	codeMediaMissing   = 41005
	codeMediaIDMissing = 41006
	codeTokenExpired   = 42001
	codeNeedGet        = 43001
	codeNeedPost       = 43002
	codeNoFollower     = 43004
	codeConsent        = 43101
	codeMediaEmpty     = 44001
	codeBodyEmpty      = 44002
	codeNewsEmpty      = 44003
	codeContentEmpty   = 44004
	codeContentSize    = 45002
	codeTitleSize      = 45003
	codeDigestSize     = 45004
	codeURLSize        = 45005
	codeArticleCount   = 45008
	codeDayQuota       = 45009
	codeMinuteQuota    = 45011
	codeWindow         = 45015
	codeMassQuota      = 45028
	codeQRCount        = 45029
	codeReplies        = 45047
	codeTemplates      = 45026
	codeTagCount       = 45056
	codeSystemTag      = 45058
	codeClientMsgID    = 45065
	codeClientMsgSize  = 45067
	codeCommand        = 45072
	codeSpeed          = 45083
	codeMenuItems      = 45098
	codeAuthorSize     = 45110
	codeTagName        = 45157
	codeTagNameSize    = 45158
	codeTagID          = 45159
	codeNoMenu         = 46003
	codeFormat         = 47001
	codeArgument       = 47003
	codeUnauthorized   = 48001
	codeClearLimit     = 48006
	codeArticleID      = 53600
	codePathForm       = 76003
	codePathUnknown    = 76021
	codePathRights     = 76022
	codeTemplateCount  = 200012
	codeTemplateTitle  = 200014
	codeTemplateWords  = 200020
	codeScene          = 200021
)

// Codes that only faults answer with: what the real platform may say for reasons that there are
// none of here.
const (
	codeTokenInvalid  = 40014
	codePicture       = 40137
	codeWhitelist     = 40164
	codeSecretFrozen  = 40243
	codeBlacklisted   = 43019
	codeMediaSize     = 45001
	codeClientMsgPace = 45066
	codeForbidden     = 48004
	codeUserRights    = 50001
	codeUserLimited   = 50002
	codeAccountFrozen = 50007
	codeThirdParty    = 61024
	codeRisky         = 87014
	codeIPPending     = 89503
)

// messages are the errmsg of the codes, without the request's id at the end.
var messages = map[int]string{
	codeBusy:           "system error",
	codeCredential:     "invalid credential, access_token is invalid or not latest, could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
	codeGrantType:      "invalid grant_type",
	codeOpenID:         "invalid openid",
	codeMediaType:      "invalid media type",
	codeFileType:       "invalid file type",
	codeMediaID:        "invalid media_id",
	codeMessageType:    "invalid message type",
	codeImageSize:      "invalid image size",
	codeVoiceSize:      "invalid voice size",
	codeVideoSize:      "invalid video size",
	codeThumbSize:      "invalid thumb size",
	codeAppID:          "invalid appid",
	codeButtonCount:    "invalid button size",
	codeButtonType:     "invalid button type",
	codeButtonName:     "invalid button name size",
	codeButtonKey:      "invalid button key size",
	codeButtonURL:      "invalid button url size",
	codeSubCount:       "invalid sub button size",
	codeSubType:        "invalid sub button type",
	codeSubName:        "invalid sub button name size",
	codeSubKey:         "invalid sub button key size",
	codeSubURL:         "invalid sub button url size",
	codeOpenIDCount:    "invalid openid list size",
	codeTemplateID:     "invalid template_id",
	codeActionName:     "invalid action name",
	codeActionInfo:     "invalid action info, please check document",
	codeSubURLDomain:   "invalid sub button url domain",
	codeURLDomain:      "invalid button url domain",
	codeMsgID:          "invalid msg id",
	codeURL:            "invalid url",
	codeArgs:           "invalid args",
	codeMissing:        "missing parameter",
	codeIndex:          "invalid index value",
	codeSecret:         "invalid appsecret",
	codeTwoOpenIDs:     "invalid openid list size, at least two openid",
	codeGroupID:        "invalid group id",
	codeAccountType:    "invalid account type",
	codeTokenMissing:   "access_token missing",
	codeAppIDMissing:   "appid missing",
	codeSecretMissing:  "appsecret missing",
	codeMediaMissing:   "media data missing",
	codeMediaIDMissing: "media_id missing",
	codeTokenExpired:   "access_token expired",
	codeNeedGet:        "require GET method",
	codeNeedPost:       "require POST method",
	codeNoFollower:     "require subscribe",
	codeConsent:        "user refuse to accept the msg",
	codeMediaEmpty:     "empty media data",
	codeBodyEmpty:      "empty post data",
	codeNewsEmpty:      "empty news data",
	codeContentEmpty:   "empty content",
	codeContentSize:    "content size out of limit",
	codeTitleSize:      "title size out of limit",
	codeDigestSize:     "description size out of limit",
	codeURLSize:        "url size out of limit",
	codeArticleCount:   "article size out of limit",
	codeDayQuota:       "reach max api daily quota limit",
	codeMinuteQuota:    "api minute-quota reach limit  must  slower  retry next minute",
	codeWindow:         "response out of time limit or subscription is canceled",
	codeMassQuota:      "has no masssend quota",
	codeQRCount:        "qrcode count out of limit",
	codeReplies:        "out of response count limit",
	codeTemplates:      "template num exceeds limit",
	codeTagCount:       "too many tag now, no need to add new",
	codeSystemTag:      "can't modify sys tag",
	codeClientMsgID:    "clientmsgid exist",
	codeClientMsgSize:  "clientmsgid size out of limit",
	codeCommand:        "invalid command",
	codeSpeed:          "the speed out of range",
	codeMenuItems:      "msgmenu list size is out of limit",
	codeAuthorSize:     "author size out of limit",
	codeTagName:        "invalid tag name",
	codeTagNameSize:    "tag name too long",
	codeTagID:          "invalid tag id",
	codeNoMenu:         "menu no exist",
	codeFormat:         "data format error",
	codeArgument:       "argument invalid!",
	codeUnauthorized:   "api unauthorized",
	codeClearLimit:     "forbid to clear quota because of reaching the limit",
	codeArticleID:      "invalid article_id",
	codePathForm:       "cgi_path invalid",
	codePathUnknown:    "cgi_path not found, please check",
	codePathRights:     "could not use this cgi_path, no permission",
	codeTemplateCount:  "template num exceeds limit",
	codeTemplateTitle:  "invalid tid",
	codeTemplateWords:  "invalid kidList",
	codeScene:          "invalid sceneDesc",

	codeTokenInvalid:  "invalid access_token",
	codePicture:       "invalid image format",
	codeWhitelist:     "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
	codeSecretFrozen:  "AppSecret has been frozen",
	codeBlacklisted:   "require remove blacklist",
	codeMediaSize:     "media size out of limit",
	codeClientMsgPace: "same clientmsgid retry too fast",
	codeForbidden:     "api forbidden for irregularities, view detail on mp.weixin.qq.com",
	codeUserRights:    "user unauthorized",
	codeUserLimited:   "user limited",
	codeAccountFrozen: "user is frozen",
	codeThirdParty:    "account is managed by a third-party platform, use component_access_token",
	codeRisky:         "risky content",
	codeIPPending:     "this IP requires the administrator's confirmation",
}
