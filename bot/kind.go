package bot

// kindNames are the names of kinds in metrics and logs.
var kindNames = [...]string{
	Other: "other", Text: "text", Voice: "voice", Image: "image", Video: "video", Link: "link", Location: "location",
	Follow: "follow", Unfollow: "unfollow", Scan: "scan", Click: "click", View: "view", Position: "position",
	MassSent: "mass_sent", Sent: "sent", Event: "event",
}

// wantsWords reports whether the member waits for an answer.
func (k Kind) wantsWords() bool {
	switch k {
	case Unfollow, View, Position, MassSent, Sent, Event:
		return false
	}
	return true
}

// String is the kind's name in metrics and logs.
func (k Kind) String() string { return kindNames[k] }
