package content

// A WeChat text message holds 2,048 bytes. What cannot fit is a fault when it
// is loaded, since stems, options and item texts are never cut.
const (
	// MaxMessage is the size of a text message in bytes.
	MaxMessage = 2048
	// LinkOverhead is what a choice costs besides its text: the tappable link
	// and the line break.
	LinkOverhead = len(`<a href="weixin://bizmsgmenu?msgmenucontent=A&msgmenuid=2026112201">A. </a>` + "\n")
	// MaxQuestionSize leaves 420 bytes for heading, verdict, key and the links
	// with which a multiple question is handed in.
	MaxQuestionSize = MaxMessage - 420
	// MaxItemSize leaves 300 bytes for heading, labels and a link.
	MaxItemSize = MaxMessage - 300
	// LongExplanation is the size in bytes from which on an explanation may be
	// cut at a sentence when it is shown.
	LongExplanation = 600
)

// Size is how many bytes the stem and the choices take in a message.
func (q Question) Size() int {
	n := len(Plain(q.Stem))
	for _, choice := range q.Choices() {
		n += len(Plain(choice)) + LinkOverhead
	}
	return n
}

// Size is how many bytes title, text and source take in a message.
func (it Item) Size() int {
	return len(Plain(it.Title)) + len(PlainText(it.Text)) + len(Plain(it.Source))
}
