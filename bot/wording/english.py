"""The sentences of a campaign's pages in English, by the keys of `pages`, with the same places for values.

What the organisers wrote and the questions themselves stay in Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    # every page
    "nav": "Pages",
    "nav.home": "Home",
    "nav.rankings": "Ranking",
    "nav.record": "My record",
    "reading": "Display",
    "reading.language": "中文",
    "reading.large": "Large text",
    "reading.ordinary": "Ordinary text",
    "moment": "{year}-{month:02d}-{day:02d} {time}",
    "date": "{year}-{month:02d}-{day:02d}",
    "duration.seconds": "{seconds} s",
    "duration.minutes": "{minutes} min {seconds:02d} s",
    "duration.minutes.plain": "{minutes} min {seconds} s",
    "kind.single": "one answer",
    "kind.multiple": "several answers",
    "kind.true_false": "true or false",
    "kind.blank": "fill in",
    "kind.essay": "essay",
    "list.comma": ", ",
    "list.space": " ",
    "list.semicolon": "; ",
    "list.dot": " · ",
    "list.and": ", ",
    "list.stop": ".",
    # the entry page
    "entry.organiser": "Organised by {organiser}",
    "entry.begin": "Begin",
    "entry.again": "Play again",
    "entry.continue": "Go on (question {position} of {length})",
    "entry.unit.join": "Take part for {unit}",
    "entry.unit.change": "Take part for {unit} instead",
    "entry.bind.choose": "Choose your unit",
    "entry.bind.other": "Change",
    "entry.needs.unit": "Please choose your unit before you begin.",
    "entry.needs.roster": "Before you begin, please choose your unit and give your name and staff number.",
    "entry.practice": "This is practice: no ranks, no prize draw.",
    "entry.left": "Attempts left: {left}",
    "entry.none_left": "You have used all your attempts ({allowed}). Thank you for taking part.",
    "entry.none_left_now": "You have no attempt left just now ({allowed}).",
    "entry.last": "Last result",
    "entry.last.sentence": "{score} points · {used}",
    "entry.last.later": "Handed in; told after the close",
    "entry.rank": "My rank",
    "entry.rank.sentence": "{rank} of {total}",
    "entry.top": "Ranking",
    "entry.top.caption": "The first {count} of {total}",
    "entry.top.empty": "Nobody is ranked yet. Be the first to finish.",
    "entry.top.later": "The ranking is published after the close.",
    "entry.top.more": "The whole ranking",
    "entry.rules.more": "All rules and changes",
    "entry.notices": "Notices",
    "entry.notices.more": "All changes",
    "entry.me": "me",
    "points": "{points} pts",
    "figure.none": "—",
    "points.unit": "points",
    "guest": "Guest {number}",
    "column.rank": "Rank",
    "column.person": "Person",
    "column.result": "Result",
    # what is agreed to by beginning
    "consent.line": "By beginning you confirm that you have read and agree to the ",
    "consent.box": "I have read and agree to the ",
    "consent.notice": "notice on personal data",
    "privacy.title": "Notice on personal data",
    "privacy.version": "Version {version}",
    "privacy.keep_days": "The personal data of this campaign are purged {days} days after its close.",
    "privacy.purged": "The personal data of this campaign were purged.",
    "privacy.organiser": "The organiser",
    "privacy.text": (
        "{organiser} (“we”) holds “{campaign}” and processes some of your personal data for it. "
        "Please read this before you take part.\n\n"
        "1. What we process. The identifier that the platform gives us when you come in (the OpenID of an official "
        "account, the member account of WeCom, or a random number in your browser); the unit that you choose; for "
        "campaigns that check a roster, also the name and the staff number that you enter; your answers, results and "
        "times. No phone number is asked for while you play: only winners are asked for a name, a number and an "
        "address, where a prize needs them.\n\n"
        "2. What for. To see that you may take part and that each person has one result; to work out results and "
        "ranks and how many of each unit take part; to draw and hand out prizes, and to let everybody check the draw. "
        "For nothing else, and not for advertising.\n\n"
        "3. Who can see it. Rankings and lists of winners show a part of the name (as 张*明) and the unit; the "
        "entrants of a draw are numbers only. What winners enter to get their prizes is kept encrypted, and read only "
        "by those who hand them out. The liaison officer of your unit can see who on the roster has not taken part yet."
        " Nobody else is given these data.\n\n"
        "4. For how long. Until the campaign is over, the prizes are handed out and the results are checked; then we "
        "delete the data, or remove what identifies you.\n\n"
        "5. Your rights. “My record” shows what is recorded of you; its “My personal data” lets you see and download "
        "it, ask for it to be corrected or deleted, or withdraw your consent. You may also ask the organiser, or your "
        "unit's liaison officer to pass it on. After that we "
        "process your data no more, and you are in no ranking and no draw; what was published before stays as it "
        "is.\n\n"
        "If you do not agree, please do not begin. You lose nothing else by it."
    ),
    # saying who one is
    "bind.title": "Your unit",
    "bind.title.roster": "Your unit and who you are",
    "bind.now": "You take part for {unit} now.",
    "bind.now.named": "You are bound: {unit} {name}.",
    "bind.search": "Part of the unit's name, or its pinyin initials",
    "bind.search.button": "Find",
    "bind.found": "Please choose your unit",
    "bind.found.more": "{count} more: please write a little more of the name.",
    "bind.found.none": "Nothing found for “{text}”. Try other words, or ask your unit's liaison officer.",
    "bind.browse": "Look through the levels",
    "bind.below": "Units of {unit}",
    "bind.up": "One level up",
    "bind.open": "Units below",
    "bind.unit": "Unit",
    "bind.unit.other": "Another unit",
    "bind.name": "Name",
    "bind.number": "Staff number",
    "bind.number.hint": " (leave empty if you have none)",
    "bind.name.optional": "You can take part without a name and leave it empty.",
    "bind.no_roster": "“{unit}” has no roster yet: please ask your liaison officer, or choose another unit.",
    "bind.submit": "Confirm",
    "bind.consent.missing": "Please read the notice and tick that you agree.",
    "bind.name.missing": "Please enter your name.",
    # going on as the person of a chat
    "adopt.title": "Go on as who you are in the chat",
    "adopt.who": (
        "After “Continue” you are, in this browser, who you are in the chat, with the same progress, attempts and "
        "results."
    ),
    "adopt.who.unit": (
        "After “Continue” you are, in this browser, who you are in the chat (taking part for {unit}), with the same "
        "progress, attempts and results."
    ),
    "adopt.own": (
        "Please note: this browser has attempts of its own. They stay valid, but do not become part of the chat's, "
        "and are not shown here any more; write down the draw number on the result page if you need it."
    ),
    "adopt.stranger": "If you did not get this link in your own chat, please do not continue.",
    "adopt.continue": "Continue",
    "adopt.decline": "Enter the campaign without it",
    # whether one may play now
    "state.open": "Open",
    "state.early": "Not yet open",
    "state.paused": "Paused",
    "state.resting": "Not at this hour",
    "state.over": "Over",
    "state.open.until": "until {closes}",
    "state.open.endless": "open at any time",
    "state.early.sentence": "Opens on {opens}. Please come back then.",
    "state.paused.sentence": "Paused just now. You can go on from where you are later.",
    "state.resting.sentence": "Open from {since} to {until} each day. Please come back then.",
    "state.over.sentence": "Closed on {closes}. Thank you for taking part.",
    "state.closed.sentence": "The campaign is over. Thank you for taking part.",
    # rules
    "rules": "Rules",
    "rules.window": "When",
    "rules.window.sentence": "{opens} to {closes}",
    "rules.window.endless": "from {opens}",
    "rules.hours": "Open from {since} to {until} each day.",
    "rules.mode": "Mode",
    "rules.mode.practice": "Practice: no ranks and no prize draw, to get to know the questions.",
    "rules.mode.daily": "Daily: new attempts every day.",
    "rules.questions": "Questions",
    "rules.questions.same": "{length} questions of {points} points each, {full} in all.",
    "rules.questions.by_kind": "{length} questions. {by_kind}.",
    "rules.kind": "{kind}: {points} points each",
    "rules.paper.one": "Everybody is asked the same questions.",
    "rules.paper.each": "Questions are drawn at random, anew for each attempt.",
    "rules.partial": "Several answers",
    "rules.partial.none": "Points only for all right answers.",
    "rules.partial.half": "Half the points if some are missing and none is wrong.",
    "rules.partial.each": "A share of the points if some are missing and none is wrong.",
    "rules.limit": "Time",
    "rules.limit.question": "{seconds} seconds for each question; no points after that.",
    "rules.limit.attempt": (
        "{limit} for each attempt, which is then handed in by itself; what was not answered has no points."
    ),
    "rules.limit.grace": "Up to {seconds} seconds of delay on the network are allowed for.",
    "rules.limit.least": "An answer within {seconds} seconds of seeing the question is not taken; answer it again.",
    "rules.answering": "Answers",
    "rules.answering.sentence": (
        "The first answer to each question counts. The clock runs from the beginning; you may leave and go on later, "
        "the clock does not stop."
    ),
    "rules.attempts": "Attempts",
    "rules.attempts.free": "As many as you like",
    "rules.attempts.in_all": "{limit} in all",
    "rules.attempts.per_day": "{limit} a day",
    "rules.attempts.once": "One.",
    "rules.attempts.only": "{allowed}.",
    "rules.attempts.best": "{allowed}; the best one counts.",
    "rules.attempts.first": "{allowed}; the first one counts.",
    "rules.attempts.last": "{allowed}; the last one counts.",
    "rules.attempts.sum": "{allowed}; the best of each day counts, all days added up.",
    "rules.reveals": "Results",
    "rules.reveals.at_once": "Each answer is marked and explained at once.",
    "rules.reveals.at_end": "Results and explanations are shown when you have finished.",
    "rules.reveals.after_close": "Results, ranking and explanations are published after the close.",
    "rules.admission": "Who",
    "rules.admission.open": "Anybody may take part.",
    "rules.admission.unit": "Whoever has chosen a unit may take part.",
    "rules.admission.roster": "For people on the roster: unit and name are checked.",
    "rules.ties": "Ranking",
    "rules.ties.sentence": "By points; then by less time used; then by who finished first.",
    "rules.units": "Ranking of units",
    "rules.units.participation": "By participation rate, then average, then pass rate, then the unit's code.",
    "rules.units.average": "By average points, then participation rate, then pass rate, then the unit's code.",
    "rules.units.total": "By total points, then participation rate, average, pass rate, then the unit's code.",
    "rules.units.pass_rate": "By pass rate, then participation rate, then average, then the unit's code.",
    "rules.units.least": "Units of fewer than {count} people are listed without a rank.",
    "rules.pass": "Pass mark",
    "rules.pass.sentence": "{points} points or more have passed.",
    "rules.draw": "Prize draw",
    "rules.draw.all": "Whoever finishes takes part in the draw.",
    "rules.draw.points": "Whoever reaches {points} points takes part in the draw.",
    "rules.wins": "Winning",
    "rules.wins.campaign": "Nobody wins more than one prize of this campaign.",
    "rules.wins.group": "Nobody wins more than one prize of a group.",
    "rules.tickets": "Tickets: {count} each",
    "rules.tickets.points": "one more for every {points} points above",
    "rules.tickets.days": "{count} more for every further day on which you finish",
    "rules.tickets.most": "{count} at most",
    "changes": "Changes and notices",
    "changes.none": "Nothing was changed since the beginning.",
    "changes.reason": "Note: {note}",
    "change.notice": "Notice",
    "change.extended": "The close was moved from {before} to {after}",
    "change.endless": "no limit",
    "change.published": "The campaign was published",
    "change.closed": "The campaign was closed",
    "change.archived": "The campaign was put away",
    "change.paused": "Play was paused",
    "change.resumed": "Play went on; open attempts have {lasted} more",
    "change.units": "More units take part: {units}",
    "change.units.many": "More units take part: {units} and others, {count} in all",
    "change.people_added": "More people are on the roster: {people}",
    "change.question_withdrawn": (
        "A question was withdrawn; whoever was asked it has its full points, results were worked out again"
    ),
    "change.key_corrected": "The answer to a question was corrected; results were worked out again",
    "change.excluded": "People who take part and may win nothing: {people} more",
    "change.readmitted": "People who take part and may win nothing: {people} fewer",
    "change.ranks_settled": "{group} was decided by rank; prizes awarded: {awards}",
    "change.forfeited": "One {prize} was taken back",
    "change.kept_for": "Personal data will be purged {days} days after the close",
    "change.purged": (
        "The campaign’s personal data were purged; figures, the evidence of draws and awards without names stay"
    ),
    "change.attempts_voided": "Attempts declared void after a review: {attempts}",
    "change.attempts_restored": "Attempts that count again after another review: {attempts}",
    # a question
    "picture": "Picture of the question",
    "picture.campaign": "Picture of the campaign",
    "picture.enlarge": "Enlarge the picture of option {letter}",
    "question.title": "Question {position} of {length}",
    "question.header": "Question {position} of {length} · {kind} · {points} pts",
    "question.progress": "Progress",
    "question.score": "{score} points so far",
    "question.several": "Choose all that are right: points only for all of them",
    "question.several.partial": "Choose all that are right: a part of the points for some, none for a wrong one",
    "question.blank": "Your answer",
    "question.blank.nth": "Blank {number}",
    "question.submit": "Submit",
    "question.submit_last": "Submit and see the result",
    "question.hand_in": "Submit and hand in",
    "question.leave": "Back to the campaign (you can go on later)",
    "unanswered.choice": "Please choose an answer first.",
    "unanswered.several": "Please choose at least one option first.",
    "unanswered.blank": "Please fill in every blank first.",
    # the clock of a question or an attempt
    "timer.until": "Please submit before {time}",
    "timer.left": "{left} left",
    "timer.soon": "{seconds} seconds left",
    "timer.up": "Time is up",
    # a verdict
    "verdict": "The question before",
    "verdict.title.right": "Right",
    "verdict.title.wrong": "Wrong",
    "verdict.title.partly": "Partly right",
    "verdict.title.recorded": "Recorded",
    "verdict.right": "✅ Right, +{points} points",
    "verdict.wrong": "❌ Wrong",
    "verdict.partly": "◐ Partly right, +{points} points",
    "verdict.missed": "⏱ Time was up before an answer",
    "verdict.withdrawn": "This question was withdrawn and has its full points",
    "verdict.recorded": "Your answer is recorded.",
    "verdict.given": "Your answer",
    "verdict.answer": "Right answer",
    "verdict.explanation": "Why",
    # a result
    "result.title": "Result",
    "result.done": "Finished",
    "result.handed_in": "Handed in",
    "result.timed_out": "Time was up and your paper was handed in; what was not answered has no points.",
    "result.later": (
        "Results, ranks and explanations are published after the close ({closes}). Please open this page again then."
    ),
    "result.later.endless": (
        "Results, ranks and explanations are published after the close. Please open this page again then."
    ),
    "result.points": "Points",
    "result.used": "Time used: {used}",
    "result.rank": "Rank {rank} of {total}",
    "result.rank.counted": "Rank {rank} of {total}, by the result that counts: {points} points",
    "result.rank.best": "Rank {rank} of {total}, by your best result: {points} points",
    "result.rank.soon": "Your rank is being worked out. Please look again in a moment.",
    "result.rank.unit": "Your unit: rank {rank} ({unit})",
    "result.void": (
        "Attempt {number} was declared void and does not count: {reason}. If you disagree, please speak to the "
        "organiser."
    ),
    "result.practice": "A practice result, without a rank.",
    "result.passed": "Passed",
    "result.unit": "Taking part for {unit}",
    "result.draw": "You take part in the draw (number {entrant}, tickets: {tickets})",
    "result.draw.missing": "{points} points more take part in the draw",
    "result.draw.missed": "{points} points take part in the draw; this result has fewer.",
    "result.draw.excluded": "By the rules of this campaign you take part without prizes; your result counts as ever.",
    "result.draw.frozen": "The entrants of the draw are published; see on its page whether you are among them.",
    "result.draw.won": "You have won already; nobody wins twice in this campaign, so the draw is without you.",
    "result.lot.won": "🎁 Congratulations, you won {prize}!",
    "result.lot.none": "No prize this time.",
    "result.lot.soon": "Whether this wins a prize is told in a moment: please reload this page soon.",
    "result.prizes": "See my prizes",
    "result.review": "Mistakes and explanations",
    "result.picture": "Picture of the result",
    "result.picture.hint": "Press and hold the picture to keep it on your phone.",
    "result.picture.alt": "Picture of the result: {campaign}, {score} points, {used}",
    "result.picture.heading": "My result",
    "result.picture.rank": "Rank {rank}",
    "result.picture.invitation": "Scan to take part",
    "result.home": "Back to the campaign",
    "result.see": "See result and explanations",
    # looking back
    "review": "Looking back",
    "review.mistakes": "Mistakes ({count})",
    "review.all": "All ({count})",
    "review.filter": "Which questions",
    "review.none": "No mistakes this time.",
    "review.right": "Right",
    "review.wrong": "Wrong",
    "review.partly": "Partly right",
    "review.points": "{points} points",
    "review.back": "Back to the result",
    # rankings
    "rankings": "Ranking",
    "rankings.kinds": "Which ranking",
    "rankings.persons": "Persons",
    "rankings.units": "Units",
    "rankings.own": "My rank",
    "rankings.below": "Units of {unit}",
    "rankings.units.empty": "No results of units yet.",
    "rankings.practice": "Practice has no ranks.",
    "rankings.unranked": "not ranked",
    "rankings.own.unit": "my unit",
    "rankings.over": "More people took part than should: please ask the liaison officer",
    "column.figure": "{column}: {figure}",
    "column.unit": "Unit",
    "column.entrants": "Took part",
    "column.rate": "Rate",
    "column.average": "Average",
    "column.total": "Total",
    "column.pass_rate": "Pass rate",
    # one's own record
    "record": "My record",
    "record.who": "Who I am",
    "record.unit": "Unit",
    "record.unit.none": "none chosen",
    "record.name": "Name",
    "record.pseudonym": "Draw number",
    "record.attempts": "Attempts",
    "record.attempts.none": "Nothing finished yet.",
    "record.attempt": "Attempt {number}",
    "record.counts": "counts",
    "record.timed_out": "time was up",
    "record.superseded": "does not count",
    "record.void": "void",
    "record.void.reason": (
        "This attempt was declared void: it does not count, and is not given back. Reason: {reason}. "
        "If you disagree, please speak to the organiser."
    ),
    "record.later": "told after the close",
    "record.prizes": "Draws and prizes",
    "record.prizes.none": "The entrants of the draw are published after the close, for anybody to check.",
    "record.consent": "Personal data",
    "record.consent.given": "You agreed to the notice on {when} (version {version}).",
    "record.consent.none": "You have not agreed to the notice yet.",
    "mydata.title": "My personal data",
    "mydata.nobody": "You have not taken part here yet: nothing is kept about you.",
    "mydata.lead": "This is everything that is kept about you here, in Chinese as it is kept.",
    "mydata.masked": (
        "Phone numbers and addresses are shown in part, lest somebody who knows your name and staff number see them. "
        "For all of it, request a full copy below."
    ),
    "mydata.file.html": "Download (web page)",
    "mydata.file.json": "Download (JSON, for programs)",
    "mydata.more": "{count} more; the file has all of them.",
    "mydata.requests": "My requests",
    "mydata.ask": "Make a request",
    "mydata.kind.copy": "Full copy",
    "mydata.kind.correct": "Correction",
    "mydata.kind.delete": "Deletion",
    "mydata.meaning.copy": "Once the organiser has made sure that it is you, you are given all of it",
    "mydata.meaning.correct": "Please write what is wrong and what it should be",
    "mydata.meaning.delete": (
        "What you could be known by is deleted; prizes cannot be collected any more, and results are nobody’s"
    ),
    "mydata.text": "Details (needed for a correction; and how to reach you)",
    "mydata.send": "Send the request",
    "mydata.due": "We will deal with it within 15 working days; what comes of it is written on this page.",
    "mydata.state.open": "Asked on {when}; will be done by {due}",
    "mydata.state.done": "Done · {when}",
    "mydata.state.refused": "Declined · {when}",
    "mydata.state.withdrawn": "Taken back · {when}",
    "mydata.answer": "Answer: ",
    "mydata.undo": "Take this request back",
    "mydata.consent": "Withdraw consent",
    "mydata.consent.meaning": (
        "You will get no more notices, what you could be known by will be deleted, and you take part in rankings and "
        "draws no longer. Results that were published before stay as they are."
    ),
    "mydata.consent.sure": "I know that, and withdraw my consent for this campaign",
    "mydata.consent.button": "Withdraw consent",
    "kept.title": "What personal data we keep",
    "kept.lead": (
        "What is kept, what for, how long, and who sees it, is all listed here. What is not listed we do not keep."
    ),
    "kept.why": "What for",
    "kept.until": "How long",
    "kept.seen_by": "Who sees it",
    "record.notices": "Notices",
    "record.notices.on": "Notices of the campaign reach you in your chat.",
    "record.notices.off": "Notices are off; only what must reach you, as a prize, is sent.",
    "record.mute": "No more notices",
    "record.unmute": "Notices again",
    "record.nobody": "You have not taken part here yet. Once you begin, your record is here.",
    # prizes, and one's own
    "prizes": "Prizes",
    "prizes.see": "See",
    "prizes.offered": "What there is to win",
    "prizes.none": "There are no prizes here.",
    "prizes.unknown": (
        "To see your own prizes: if you play in a chat, ask for prizes there and open the link that "
        "comes back; if you play on these pages, open this page on the phone and in the browser that "
        "you played with."
    ),
    "prizes.same_phone": (
        "Please note: only this browser on this phone knows you. Please keep both, and do not clear the browser's "
        "data, until you have your prize."
    ),
    "prizes.own.none": "You have not won anything yet.",
    "prizes.own.sentence": "Congratulations! This is how to collect what you won.",
    "prizes.own.past": "This is what became of your prizes.",
    "prizes.own.count": "🎁 Yours: {count}",
    "prizes.certificate": "See your certificate",
    "prizes.how.rank": "by rank",
    "prizes.how.draw": "by draw",
    "prizes.how.instant": "by chance, right after the last question",
    "prizes.how.passed": "for everybody who finishes",
    "prizes.least.rank": "by rank, from {points} points",
    "prizes.least.draw": "by draw, from {points} points",
    "prizes.least.instant": "by chance right after the last question, from {points} points",
    "prizes.least.passed": "for everybody with {points} points",
    "prizes.stock": "{stock}",
    "prizes.left": "{left} of {stock} left",
    "prizes.collecting.pickup": "Collected with a code.",
    "prizes.collecting.post": "Sent by post to the address that you enter.",
    "prizes.collecting.none": "There is nothing to collect.",
    "prizes.within": "Days to do so after winning: {days}.",
    "prizes.unit_quota": "At most {quota} for each unit.",
    "prizes.number": "Your number in the draw is {entrant}; your tickets are told with the results.",
    "prizes.place": "You are on the list: number {entrant}, tickets: {tickets}.",
    "prizes.place.excluded": "You are on the list (number {entrant}), without prizes, as was announced.",
    "prizes.place.none": (
        "You are not on this list (number {entrant}): whoever finishes after it was published is not on it."
    ),
    "prizes.place.later": "Your number in the draw is {entrant}; please look it up on the draw's page.",
    "won.until.pickup": "Please collect it by {until}.",
    "won.until.post": "Please enter your address by {until}.",
    "won.overdue": "The time to collect it is over: please ask the organiser soon.",
    "won.handed_out": "Handed out on {when}.",
    "won.sent": "Sent on {when}: {shipment}.",
    "won.forfeited": "Taken back: {reason}",
    "won.how.pickup": "Collect it with the code above.",
    "won.how.post": "This prize is sent to you by post.",
    "won.how.none": "There is nothing to collect.",
    "won.place": "Where and when",
    "won.place.later": "The organiser will tell you.",
    "won.code": "Code",
    "won.code.hint": (
        "Show this picture or tell the letters when you collect the prize. Do not pass them on: whoever "
        "shows them gets the prize."
    ),
    "won.picture": "The code as a picture",
    "claim.name": "Name",
    "claim.phone": "Mobile number",
    "claim.address": "Address",
    "claim.sealed": "This is kept encrypted, is read only by those who send the prizes, and is used for nothing else.",
    "claim.submit": "Send it here",
    "claim.again": "Send it here instead",
    "claim.done": "Your address is on record. Carrier and number will stand here once it is sent.",
    "claim.change": "Another address",
    # the campaign's draws
    "draws.title": "The draw",
    "draws.title.nth": "Draw {number}",
    "draws.frozen": "Entrants published, not drawn yet",
    "draws.held": "Drawn",
    "draws.void": "Given up, not drawn",
    "draws.won": "🎁 You won {prize}",
    # certificates
    "certificate": "Certificate",
    "certificate.passed": "Completed “{campaign}” with {points} points, and passed.",
    "certificate.finished": "Completed “{campaign}” with {points} points.",
    "certificate.number": "Number",
    "certificate.check": "Checked at",
    "certificate.pdf": "Open the PDF",
    "certificate.pdf.hint": "A4, ready to print. If WeChat cannot show it, choose to open it in the browser.",
    "certificate.none": (
        "There is no certificate of yours here. Please use the phone that you answered on; certificates are for those"
        " who have the points, once results are published."
    ),
    "certificate.back": "Back to the certificate",
    "certificate.unprintable": "This certificate cannot be printed just now",
    "certificate.unprintable.sentence": (
        "Something on it is too long, or not in our fonts. The number {number} is valid all the same: please keep a"
        " screenshot, or ask the organiser for a copy."
    ),
    "certificates": "Check a certificate",
    "certificates.genuine": "This number is genuine.",
    "certificates.compare": (
        "Please compare name, campaign and date with the paper. Only a part of the name is shown, and no score, since"
        " that is personal."
    ),
    "certificates.unknown": (
        "There is no certificate with this number. Please compare it with the certificate, and try again."
    ),
    "certificates.campaign": "Campaign",
    "certificates.issued": "Issued",
    "certificates.type": "Number of the certificate (it begins with LD)",
    "certificates.button": "Check",
    # one kind line
    "note.answered": "That question was answered already; the first answer counts.",
    "note.elsewhere": "That question waits no more. Please answer this one.",
    "note.quick": "That was too quick and was not taken. Please read the question and submit again.",
    "note.late": "Time was up: the last question has no points. Please answer this one.",
    "note.unit": "The unit in the code was not recognised. Please ask your liaison officer; you can play all the same.",
    "note.no_unit": "There is no such unit. Please look again, or ask your unit's liaison officer.",
    "note.bind": "That is done.",
    "note.asked": "Your request has been received; what comes of it will be written here.",
    "note.unasked": "Your request was taken back.",
    "note.consent_withdrawn": (
        "Your consent was withdrawn and a deletion requested. If you begin again before that, you consent anew."
    ),
    "note.muted": "No more notices will be sent to you.",
    "note.unmuted": "Notices will be sent to you again.",
    "note.claimed": "Your address is on record.",
    "note.wecom": (
        "You were not recognised in WeCom just now and can play as a guest. To go on from the chat, close this page "
        "and open it again later."
    ),
    "note.wechat": (
        "You were not recognised in WeChat just now and can play as a guest. To go on from the chat, close this page "
        "and open it again later."
    ),
    "note.expired": (
        "This link is too old or was used. To go on from the chat, send 帮助 there and open the new link; or play here."
    ),
    # pages that stand alone
    "page.unknown": "No such campaign",
    "page.unknown.sentence": "Please check the link, or scan the campaign's code again.",
    "page.snapshot": "Please open the whole page",
    "page.late": "This answer was not counted",
    "page.none_left": "No attempt left",
    "page.none_left.today": "You have used today's attempts ({limit} a day). Please come back tomorrow.",
    "page.none_left.in_all": "You have used all your attempts ({limit} in all). Thank you for taking part.",
    "page.expired": "This page was left open for too long",
    "page.expired.sentence": (
        "To be safe, nothing was counted. Use the button below to go on; if this happens again, please allow cookies."
    ),
    "page.large": "Too long",
    "page.large.sentence": "Nothing was counted. Please go back, enter only the answer, and submit again.",
    "page.busy": "Many people are here: please wait a few seconds",
    "page.busy.sentence": "Answers that were submitted are safe. Please try again in a moment.",
    "page.retry": "Go on",
    "page.home": "To the campaign",
    "page.lost": "No such page",
    "page.lost.method": "This address cannot be opened like this. Please go by the campaign's first page or its code.",
    "page.failed": "This page could not be opened",
    "page.failed.sentence": "Answers that were submitted are safe. Please go back to the campaign and try again.",
    "page.none": "No campaign just now",
    "page.none.sentence": "When one begins, scan the code on its poster or open this address again.",
}
