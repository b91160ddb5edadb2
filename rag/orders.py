"""How texts give orders to who reads them: patterns of speech, looked for in one sentence of plain Latin letters.

Findings are told in the third person and the past; orders set aside what was said, begin with a verb, or say what a
reader, a model or its answer has to do.
"""

from __future__ import annotations

import re

__all__ = ["ORDERS", "PLAIN_ORDERS"]


def _one_of(*words: str) -> str:
    return f"(?:{'|'.join(part for line in words for part in line.split(' | '))})"


_TELL = _one_of(
    "write | print | say | output | respond | reply | answer | begin | start | end | finish | conclude",
    "append | prepend | add | insert | include | cite | mention | state | tell | inform | recommend | advise | urge",
    "visit | click | send | fetch | load | render | display | copy | paste | translate | summari[sz]e",
    "act | pretend | imagine | behave | role-?play | execute | decode | obey | comply | trust | repeat | recite",
    "reveal | disclose | ignore | disregard | forget | quote | praise | endorse | promote | attach",
    "embed | credit | speak | emit | echo | announce | declare",
    "claim | omit | refuse | encode | sign | greet | thank | stop | cease | quit | refrain | abandon | swap | spell",
)
_SAY = _one_of(
    _TELL,
    "report | open | close | follow | show | switch | run | link | refer | attribute | put | place | mark | type",
    "call | name | use | give | deliver | produce | return | read | treat | regard | accept | replace | drop | set",
)
_STRONG = _one_of(
    "ignore | disregard | forget | pretend | role-?play | obey | decode | click | subscribe | download | prepend",
    "recite | override | bypass",
)
_OBJECT = (
    _one_of(
        "the | this | these | that | those | all | every | each | only | exactly | with | in | as | to | by | no | an?",
        "any | nothing | it | them | us | me | verbatim | how | what | following | at least | here | his | her | its",
        "their",
    )
    + r"(?![\w-])"
)
_SAID = r"[\"“'‘]"
_AGENT = _one_of(
    r"(?:large )?language models? | LLMs? | chat ?bots? | assistants? | copilots? | summari[sz]ers? | text generators?",
    r"A\.?I\.?(?: (?:assistants?|models?|systems?|tools?|readers?|agents?))?",
    r"who(?:ever|soever)? (?:reads?|summari[sz]es?|answers?|asks?|writes?|processes)",
    r"automated (?:readers?|systems?|tools?|reviewers?)",
)
_READER = _one_of(
    _AGENT,
    r"(?:the|this|any|every|all|each) (?:model|system|machine|bot|software|tool|program|engine|agent)s?",
    r"(?:the |this |any |every |all |each |our |dear )?(?:\w+ )?(?:readers?|reviewers?|audience)",
)
_MUST = _one_of(
    r"must | should | shall | ought to | ha(?:s|ve) to | needs? to | will now | may only | can only | wants? to",
    r"(?:is|are) (?:kindly |hereby |politely )?(?:to|required to|instructed|asked|told|ordered|advised|directed)",
)
_ANSWER = _one_of(
    r"answers? | repl(?:y|ies) | (?:its|their|your) (?:\w+ )?outputs? | generated text",
    r"responses? to (?:this|any|every) \w+",
)
_LEAD = _one_of(
    r"(?:please|now|then|just|simply|kindly|instead|always|never|do not|don't|finally|next|first|only|immediately),?\s",
    r"(?:silently|quietly|secretly|and|or|but),?\s",
    r"(?:in|when|whenever|before|after|while|if|at|for)\b[^,]{3,60},\s(?:please\s)?",
)
_RULES = _one_of(
    r"instruct\w+ | prompts? | rules? | directions? | directives? | constraints? | orders? | commands? | guidance",
    r"guard ?rails? | safety (?:policy|policies|filters?)",
)
_SET_ASIDE = (
    r"\b(?:ignore|disregard|forget|override|bypass|overrule|stop following)\b.{0,60}\b"
    + _one_of(
        _RULES, "system | previous | above | prior | preceding | earlier | passages? | context | was (?:said|told)"
    )
    + r"\b"
)
_SPOKEN_OF = _one_of(
    r"system prompt | developer (?:mode|message) | hidden instructions? | persona of | in character | api keys?",
    r"(?:god|dan|debug|maintenance|admin(?:istrator)?|sudo|root|unrestricted|jailbreak) (?:mode|override|access)",
    r"(?:new|updated|revised|real|actual|true|secret|urgent|special) (?:system )?"
    r"(?:instructions?|prompt|directives?|orders?)"
    r"(?= (?:are|is|to|for|apply|follow|below|from|that|override)\b|\s?[:.,])",
    r"end of (?:the )?(?:document|passages?|context|input|prompt|quoted material|excerpt)",
    r"begin(?:ning)? (?:of )?(?:new )?(?:instructions|session|task)",
    r"pass ?words?(?= (?:is|are|was|of|for)\b|:) | pass ?phrases? | code ?words? | pass ?codes? | magic words?",
    r"canary",
    r"refrain(?= of\b|,| is\b) | access code | safe ?word",
    r"watch ?words? | shibboleth | slogan | motto | secret (?:word|phrase|key|code|token)",
    r"(?:activation|trigger|verification|compliance) (?:phrase|word|code|token|string)",
    r"as an AI | as a (?:large )?language model | you are (?:now|no longer)",
    r"your (?:task|role|new|instructions?|answer|reply|response|output|system|job|prompt|rules|summary)",
)
_BOT = r"(?:chat ?bots?|(?:the|any|every|each|this|an?) (?:AI |virtual |digital )?assistant|copilots?)"
_PATTERNS = (
    # what was said is set aside
    _SET_ASIDE,
    rf"\b{_RULES}\b.{{0,40}}\b(?:no longer|are|is|ha(?:s|ve) been|ha(?:s|ve))\b.{{0,20}}\b"
    r"(?:apply|applies|void|superseded|overridden|cancell?ed|suspended|lifted|obsolete|lapsed|expired)\b",
    # a verb begins a sentence or a clause
    rf"(?:^|[:;!?\"“”(\[>*#]\s{{0,2}}|\b(?:please|now|just|simply|kindly|instead)\s){_STRONG}\b(?!\s(?:of|in|for|rates?)\b)",
    rf"^{_LEAD}*{_SAY}\s(?:{_OBJECT}|{_SAID})",
    rf"[:!?\"“”>*#]\s{{0,2}}{_LEAD}*{_TELL}\s(?:{_OBJECT}|{_SAID})",
    rf"(?:\b(?:please|kindly|don't)|(?:^|[,:;]\s)(?:do not|never|always))\s+(?:\w+ly\s)?{_SAY}\b",
    rf"\bkindly asked to\b|,\s(?:and\s)?(?:print|recite)\s{_OBJECT}",
    r"\bvisit\s+(?:the|our|this)\s+(?:\w+\s)?(?:web ?site|site|page|portal|link|shop|store)\b",
    # who has to do what
    rf"\b{_READER}\b.{{0,50}}\b{_MUST}\b.{{0,60}}\b{_SAY}\b",
    rf"\b{_READER}\b.{{0,12}}[,:]\s{{0,2}}(?:please\s)?(?:\w+ly\s)?{_TELL}\b",
    rf"\b{_AGENT}\b.{{0,40}}\b(?:answers|writes|says|replies|responds|prints|signs|greets|opens|ends|begins|names)\s"
    r"(?:with|only|by|as)\b",
    rf"\b{_BOT}\b.{{0,50}}\b(?:{_MUST}|will)\b",
    rf"\breaders?\b.{{0,20}}\b{_MUST}\b",
    r"\bone (?:opens|closes|begins|starts|ends|answers|writes|says|signs|replies) (?:with|by|every|each|any|the)\b",
    r"\bonly (?:permitted|allowed|valid|acceptable|correct) (?:outputs?|answers?|replies|reply|responses? to)\b",
    rf"\b{_MUST}\b.{{0,20}}\bbe (?:quoted|cited|credited|named|printed|repeated)\b.{{0,20}}\b"
    r"(?:together with|first|alongside|in (?:any|every|each))\b",
    r"\b(?:whoever|whosoever|anyone who|everyone who|all who) (?:may )?"
    r"(?:asks?|reads?|summari[sz]es?|answers?|writes?|quotes?|cites?)\b",
    rf"\b(?:note|message|instructions?|notice|memo|order|request|reminder|hint|addendum)s? (?:to|for) "
    rf"(?:the |all |any |an? )?{_READER}",
    rf"\b(?:the|every|any|each|this|all|final|next|first|its|their|correct|only)\s(?:\w+\s)?{_ANSWER}\b.{{0,40}}\b"
    rf"(?:{_MUST}|ends?|begins?|starts?|opens?|closes?|carr(?:y|ies))\b",
    rf"\b(?:{_ANSWER}) (?:carry|carries|{_MUST})\b",
    rf"\b(?:in|at the (?:end|start|beginning|top|bottom|head) of|to|into|throughout|before|after|within) "
    rf"(?:the|every|any|each|its|their|your)\s(?:\w+\s)?{_ANSWER}\b(?!\s(?:of|to|from|were|was|given|by)\b)",
    rf"\b(?:henceforth|from now on|from here on)\b.{{0,30}}\b{_READER}",
    # roles, their marks, and what is spoken of in orders only
    r"^\s*(?:system|assistant|developer|instructions?|new instructions?|prompt|command|admin(?:istrator)?|root|sudo)\s?"
    r"(?:message|prompt|note|override|mode)?\s?[:>\]]",
    rf"\b{_SPOKEN_OF}\b",
    r"\blet \w+ (?:be|denote|stand for|mean) the (?:\w+ )?(?:words?|phrase|line|string|sentence|name)\b",
    r"\b(?:token|keyword|signal word) (?:is|reads)\b",
    r"\b(?:words?|phrase|line|sentence) (?:is|are|has|have) to (?:stand|appear|be said)\b",
    # in other tongues
    r"\bignor(?:a|e|ez|ieren?|iere|are|ate) (?:todas|toutes?|alle|las|les|die|tutte|le|bitte|sie|todo|as)\b",
)
ORDERS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
PLAIN_ORDERS = (re.compile(_SET_ASIDE, re.IGNORECASE), re.compile(rf"\b{_SPOKEN_OF}\b", re.IGNORECASE))
"""Those that are unmistakable: looked for where a text is read backwards, too."""
