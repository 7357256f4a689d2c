package wechat

// field is one of the elements that are read: directly under the root, or in
// SendLocationInfo.
type field uint8

const (
	fieldNone field = iota // any other
	fieldTo
	fieldFrom
	fieldCreateTime
	fieldMsgType
	fieldMsgID // MsgId: of a message
	fieldContent
	fieldMenuID
	fieldRecognition
	fieldLocationX
	fieldLocationY
	fieldEvent
	fieldEventKey
	fieldLatitude
	fieldLongitude
	fieldJobID // MsgID: of a mass or template send
	fieldStatus
	fieldTotal
	fieldFilter
	fieldSent
	fieldError
	fieldEncrypt
	fieldLabel  // of a location message
	fieldPlaceX // Location_X, Location_Y and Label in SendLocationInfo
	fieldPlaceY
	fieldPlaceLabel
	fieldArticleURL // in ArticleUrlResult: of the first article of a mass send
	fieldCount

	// Elements under the root that hold others, which are read.
	holdsItems // List: the three events about subscribe messages
	holdsPlace // SendLocationInfo
	holdsPages // ArticleUrlResult
)

func fieldOf(name []byte) field {
	switch string(name) {
	case "ToUserName":
		return fieldTo
	case "FromUserName":
		return fieldFrom
	case "CreateTime":
		return fieldCreateTime
	case "MsgType":
		return fieldMsgType
	case "MsgId":
		return fieldMsgID
	case "Content":
		return fieldContent
	case "bizmsgmenuid":
		return fieldMenuID
	case "Recognition":
		return fieldRecognition
	case "Location_X":
		return fieldLocationX
	case "Location_Y":
		return fieldLocationY
	case "Event":
		return fieldEvent
	case "EventKey":
		return fieldEventKey
	case "Latitude":
		return fieldLatitude
	case "Longitude":
		return fieldLongitude
	case "MsgID":
		return fieldJobID
	case "Status":
		return fieldStatus
	case "TotalCount":
		return fieldTotal
	case "FilterCount":
		return fieldFilter
	case "SentCount":
		return fieldSent
	case "ErrorCount":
		return fieldError
	case "Encrypt":
		return fieldEncrypt
	case "Label":
		return fieldLabel
	case "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent":
		return holdsItems
	case "SendLocationInfo":
		return holdsPlace
	case "ArticleUrlResult":
		return holdsPages
	}
	return fieldNone
}

// placeFieldOf is fieldOf in SendLocationInfo.
func placeFieldOf(name []byte) field {
	switch string(name) {
	case "Location_X":
		return fieldPlaceX
	case "Location_Y":
		return fieldPlaceY
	case "Label":
		return fieldPlaceLabel
	}
	return fieldNone
}

// The elements of a List that are read.
const (
	itemTemplate = iota
	itemStatus
	itemScene
	itemJobID
	itemErrorCode
	itemErrorStatus
	itemCount
	itemNone = -1 // any other
)

func itemFieldOf(name []byte) int {
	switch string(name) {
	case "TemplateId":
		return itemTemplate
	case "SubscribeStatusString":
		return itemStatus
	case "PopupScene":
		return itemScene
	case "MsgID":
		return itemJobID
	case "ErrorCode":
		return itemErrorCode
	case "ErrorStatus":
		return itemErrorStatus
	}
	return itemNone
}

// item holds the values of one List, nil where one is absent.
type item [itemCount][]byte

// document holds the values of the fields, nil where one is absent, and the lists of
// the events about subscribe messages. They lie in the buffer that was read.
type document struct {
	fields [fieldCount][]byte
	items  []item
}
