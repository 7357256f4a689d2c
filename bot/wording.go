package bot

// Wording is everything that the account says; see wording.yaml. The tag vars
// lists the places that a phrase may have.
type Wording struct {
	Welcome Phrase `yaml:"welcome"`
	Joined  Phrase `yaml:"joined" vars:"branch"`
	Start   Phrase `yaml:"start"`
	Privacy Phrase `yaml:"privacy"`
	Date    Phrase `yaml:"date" vars:"month,day"`

	Heading      Phrase `yaml:"heading" vars:"n,of,type"`
	Late         Phrase `yaml:"late" vars:"date"`
	TypeSingle   Phrase `yaml:"type_single"`
	TypeMultiple Phrase `yaml:"type_multiple"`
	TypeJudge    Phrase `yaml:"type_judge"`
	TypeBlank    Phrase `yaml:"type_blank"`
	HowSingle    Phrase `yaml:"how_single"`
	HowMultiple  Phrase `yaml:"how_multiple"`
	HowJudge     Phrase `yaml:"how_judge"`
	HowBlank     Phrase `yaml:"how_blank"`
	Picked       Phrase `yaml:"picked" vars:"letters"`
	PickedDone   Phrase `yaml:"picked_done" vars:"letters"`

	Right        Phrase `yaml:"right"`
	Wrong        Phrase `yaml:"wrong" vars:"key"`
	KeyOr        Phrase `yaml:"key_or" vars:"one,other"`
	VoidQuestion Phrase `yaml:"void_question"`
	Heard        Phrase `yaml:"heard" vars:"text"`
	Again        Phrase `yaml:"again"`

	Waiting     Phrase `yaml:"waiting"`
	Unsure      Phrase `yaml:"unsure"`
	UnsureBlank Phrase `yaml:"unsure_blank"`
	NoUndo      Phrase `yaml:"no_undo"`
	Paused      Phrase `yaml:"paused"`
	QuitHow     Phrase `yaml:"quit_how"`

	Stale Phrase `yaml:"stale"`
	Early Phrase `yaml:"early"`

	Finished      Phrase `yaml:"finished" vars:"day,correct,of,points"`
	Streak        Phrase `yaml:"streak" vars:"streak"`
	Total         Phrase `yaml:"total" vars:"points,rank,of"`
	TotalUnranked Phrase `yaml:"total_unranked" vars:"points"`
	FreezeEarned  Phrase `yaml:"freeze_earned" vars:"freezes"`
	FreezeUsed    Phrase `yaml:"freeze_used" vars:"used"`
	Broken        Phrase `yaml:"broken"`
	OffSeason     Phrase `yaml:"off_season"`
	TodayNext     Phrase `yaml:"today_next"`
	Tomorrow      Phrase `yaml:"tomorrow"`

	Already     Phrase `yaml:"already" vars:"correct,of,points"`
	NothingOpen Phrase `yaml:"nothing_open"`
	Lapsed      Phrase `yaml:"lapsed" vars:"date"`
	Voided      Phrase `yaml:"voided"`
	NoPaper     Phrase `yaml:"no_paper"`

	Regraded        Phrase `yaml:"regraded" vars:"date,n,season,before,after"`
	RegradedSeveral Phrase `yaml:"regraded_several" vars:"season,before,after"`

	Today  Phrase `yaml:"today" vars:"date,title,text"`
	Year   Phrase `yaml:"year" vars:"year,title"`
	Source Phrase `yaml:"source" vars:"source"`
	Page   Phrase `yaml:"page"`
	NoItem Phrase `yaml:"no_item"`
	ToQuiz Phrase `yaml:"to_quiz"`

	Board      Phrase `yaml:"board" vars:"season,of"`
	BoardEmpty Phrase `yaml:"board_empty"`
	Place      Phrase `yaml:"place" vars:"rank,name,points"`
	You        Phrase `yaml:"you"`
	Someone    Phrase `yaml:"someone" vars:"code"`
	Around     Phrase `yaml:"around"`
	NotRanked  Phrase `yaml:"not_ranked"`

	Mine            Phrase `yaml:"mine" vars:"season"`
	MineNone        Phrase `yaml:"mine_none"`
	MineTotal       Phrase `yaml:"mine_total" vars:"points,days"`
	MineRank        Phrase `yaml:"mine_rank" vars:"rank,of"`
	MineStreak      Phrase `yaml:"mine_streak" vars:"streak"`
	MineLongest     Phrase `yaml:"mine_longest" vars:"longest"`
	MineFreezes     Phrase `yaml:"mine_freezes" vars:"freezes,toward"`
	MineFreezesFull Phrase `yaml:"mine_freezes_full" vars:"freezes"`
	MineAccuracy    Phrase `yaml:"mine_accuracy" vars:"percent,correct,of"`
	MineBranch      Phrase `yaml:"mine_branch" vars:"branch"`
	MineMonth       Phrase `yaml:"mine_month" vars:"month"`
	CalendarDone    Phrase `yaml:"calendar_done"`
	CalendarMissed  Phrase `yaml:"calendar_missed"`
	CalendarVoid    Phrase `yaml:"calendar_void"`
	MineDays        Phrase `yaml:"mine_days"`
	MineDay         Phrase `yaml:"mine_day" vars:"date,points,receipt"`
	MineMore        Phrase `yaml:"mine_more" vars:"n"`

	QA            Phrase `yaml:"qa" vars:"title,text"`
	QAMore        Phrase `yaml:"qa_more"`
	Story         Phrase `yaml:"story" vars:"title,text"`
	StoryMore     Phrase `yaml:"story_more"`
	Audio         Phrase `yaml:"audio" vars:"title,text"`
	AudioMore     Phrase `yaml:"audio_more"`
	Listen        Phrase `yaml:"listen"`
	Look          Phrase `yaml:"look"`
	Original      Phrase `yaml:"original"`
	Episode       Phrase `yaml:"episode" vars:"series,n,title,text"`
	EpisodeMore   Phrase `yaml:"episode_more" vars:"series"`
	EpisodeComing Phrase `yaml:"episode_coming" vars:"series,date"`
	SeriesComing  Phrase `yaml:"series_coming" vars:"series,date"`
	NothingToRead Phrase `yaml:"nothing_to_read"`

	Units      Phrase `yaml:"units" vars:"season"`
	UnitsBelow Phrase `yaml:"units_below" vars:"season,branch"`
	UnitPlace  Phrase `yaml:"unit_place" vars:"rank,branch,n,percent,points"`
	UnitsNote  Phrase `yaml:"units_note" vars:"date,time"`
	UnitsNone  Phrase `yaml:"units_none"`
	UnitsFew   Phrase `yaml:"units_few"`
	UnitsOff   Phrase `yaml:"units_off"`

	BindHow       Phrase `yaml:"bind_how" vars:"branch"`
	BindName      Phrase `yaml:"bind_name" vars:"name"`
	BindCheck     Phrase `yaml:"bind_check"`
	BindYes       Phrase `yaml:"bind_yes"`
	BindNo        Phrase `yaml:"bind_no"`
	BindDone      Phrase `yaml:"bind_done"`
	BindNot       Phrase `yaml:"bind_not"`
	BindSame      Phrase `yaml:"bind_same"`
	BindNow       Phrase `yaml:"bind_now"`
	Person        Phrase `yaml:"person" vars:"name,branch"`
	NoName        Phrase `yaml:"no_name"`
	NoBranch      Phrase `yaml:"no_branch"`
	BranchExample Phrase `yaml:"branch_example"`
	BranchUnknown Phrase `yaml:"branch_unknown" vars:"branch"`
	BranchSeveral Phrase `yaml:"branch_several" vars:"branch"`
	BranchNone    Phrase `yaml:"branch_none" vars:"branch"`
	UnboundBoth   Phrase `yaml:"unbound_both" vars:"branch"`
	UnboundName   Phrase `yaml:"unbound_name" vars:"branch"`
	UnboundBranch Phrase `yaml:"unbound_branch" vars:"branch"`

	Certificate        Phrase `yaml:"certificate" vars:"season,name,honour,place,code"`
	CertificateLink    Phrase `yaml:"certificate_link"`
	CertificateNone    Phrase `yaml:"certificate_none"`
	CertificateNotThen Phrase `yaml:"certificate_not_then" vars:"season"`
	CertificateNoName  Phrase `yaml:"certificate_no_name" vars:"season,honour,place"`
	CertificateRevoked Phrase `yaml:"certificate_revoked" vars:"season,date,reason"`
	CertificateSoon    Phrase `yaml:"certificate_soon"`
	CertificateByStaff Phrase `yaml:"certificate_by_staff"`
	CertificateOthers  Phrase `yaml:"certificate_others"`
	CertificateOther   Phrase `yaml:"certificate_other" vars:"season"`

	RemindHow Phrase `yaml:"remind_how"`
	RemindNow Phrase `yaml:"remind_now" vars:"time"`
	RemindSet Phrase `yaml:"remind_set" vars:"time"`
	RemindOff Phrase `yaml:"remind_off"`

	PushTitle        Phrase `yaml:"push_title" vars:"kind,title"`
	PushToday        Phrase `yaml:"push_today"`
	PushQA           Phrase `yaml:"push_qa"`
	PushStory        Phrase `yaml:"push_story"`
	PushQuestion     Phrase `yaml:"push_question" vars:"stem"`
	PushHow          Phrase `yaml:"push_how"`
	PushPage         Phrase `yaml:"push_page" vars:"link"`
	PushRemind       Phrase `yaml:"push_remind"`
	PushRemindBegun  Phrase `yaml:"push_remind_begun" vars:"left"`
	PushRemindStreak Phrase `yaml:"push_remind_streak" vars:"streak"`
	PushRemindOff    Phrase `yaml:"push_remind_off"`
	NoticeHow        Phrase `yaml:"notice_how"`
	NoticeRemind     Phrase `yaml:"notice_remind"`
	NoticeStreak     Phrase `yaml:"notice_streak" vars:"streak"`

	RankLeft    Phrase `yaml:"rank_left"`
	RankJoined  Phrase `yaml:"rank_joined"`
	RankIn      Phrase `yaml:"rank_in"`
	LeftRanking Phrase `yaml:"left_ranking"`

	Data              Phrase `yaml:"data" vars:"date"`
	DataReminder      Phrase `yaml:"data_reminder" vars:"time"`
	DataNotices       Phrase `yaml:"data_notices" vars:"times"`
	DataNoticesAlways Phrase `yaml:"data_notices_always"`
	DataNoReminder    Phrase `yaml:"data_no_reminder"`
	DataRanked        Phrase `yaml:"data_ranked"`
	DataUnranked      Phrase `yaml:"data_unranked"`
	DataMonths        Phrase `yaml:"data_months"`
	DataMonth         Phrase `yaml:"data_month" vars:"month"`
	DataNone          Phrase `yaml:"data_none" vars:"month"`
	DataDay           Phrase `yaml:"data_day" vars:"day,answers,points,receipt"`
	DataLapsed        Phrase `yaml:"data_lapsed" vars:"day,answers"`
	DataBlank         Phrase `yaml:"data_blank"`
	DataMore          Phrase `yaml:"data_more"`
	DataLink          Phrase `yaml:"data_link"`
	DataLinkOnce      Phrase `yaml:"data_link_once"`
	DataErase         Phrase `yaml:"data_erase"`

	EraseAsk    Phrase `yaml:"erase_ask"`
	EraseYes    Phrase `yaml:"erase_yes"`
	EraseSure   Phrase `yaml:"erase_sure"`
	EraseNot    Phrase `yaml:"erase_not"`
	EraseFirst  Phrase `yaml:"erase_first"`
	Erased      Phrase `yaml:"erased"`
	NothingKept Phrase `yaml:"nothing_kept"`

	Rules        Phrase `yaml:"rules" vars:"n,finish,correct"`
	RulesRanking Phrase `yaml:"rules_ranking"`
	Object       Phrase `yaml:"object"`

	ObjectHow      Phrase `yaml:"object_how"`
	Objected       Phrase `yaml:"objected" vars:"number"`
	ObjectEnough   Phrase `yaml:"object_enough"`
	ObjectStranger Phrase `yaml:"object_stranger"`
	ObjectLine     Phrase `yaml:"object_line" vars:"number,date,text,state"`
	ObjectOpen     Phrase `yaml:"object_open"`
	ObjectReply    Phrase `yaml:"object_reply" vars:"number,date,reply"`

	PracticeHeading  Phrase `yaml:"practice_heading" vars:"left,type"`
	PracticeMultiple Phrase `yaml:"practice_multiple"`
	PracticeIntro    Phrase `yaml:"practice_intro"`
	PracticeFirst    Phrase `yaml:"practice_first"`
	PracticeStale    Phrase `yaml:"practice_stale"`
	PracticeGone     Phrase `yaml:"practice_gone"`
	PracticeLeft     Phrase `yaml:"practice_left"`
	PracticeDone     Phrase `yaml:"practice_done" vars:"done,right,when"`
	PracticeRest     Phrase `yaml:"practice_rest" vars:"cards,when"`
	PracticeTomorrow Phrase `yaml:"practice_tomorrow"`
	PracticeDays     Phrase `yaml:"practice_days" vars:"days"`
	PracticeNone     Phrase `yaml:"practice_none"`
	PracticeNew      Phrase `yaml:"practice_new"`

	HelpNew  Phrase `yaml:"help_new"`
	HelpOpen Phrase `yaml:"help_open"`
	HelpDone Phrase `yaml:"help_done"`
	Unheard  Phrase `yaml:"unheard"`
	TooFast  Phrase `yaml:"too_fast"`
	Fault    Phrase `yaml:"fault"`
	Busy     Phrase `yaml:"busy"`
}
