"""What a browser makes of the messages of a server: what stands on the page, from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass, field

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


@dataclass
class Drawn:
    """Something on the screen, the run that drew it last, and what stands within it."""

    words: str
    run: str
    fragment: str
    within: list[Drawn] = field(default_factory=list)


class Screen:
    """What a browser shows of a page: each thing is put in its place by number, and what a run that has ended did not
    draw again is taken away, so that what stood beneath moves up. A run for another page takes everything away, also
    the run of a part."""

    def __init__(self) -> None:
        self._run, self._page, self._hash = "", Drawn("", "", ""), ""

    def take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._run = message.metadata.run.script_run_id
                if message.new_session.page_script_hash != self._hash:
                    self._page = Drawn("", "", "")
                if not message.metadata.run.fragment_ids:
                    self._hash = message.new_session.page_script_hash
            case "navigation":
                self._hash = message.navigation.page_script_hash
            case "delta":
                self._put(message)
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._keep_what_was_drawn_again(self._page)
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
                for part in self._page.within:
                    if part.fragment in message.metadata.run.fragment_ids:
                        self._keep_what_was_drawn_again(part)

    def _put(self, message: ForwardMsg) -> None:
        drawn, (*way, place) = message.delta.new_element, message.metadata.delta_path[1:]
        into = self._page
        for step in way:
            if step >= len(into.within):
                return  # a browser falls over this: "Bad delta path index"
            into = into.within[step]
            into.run = self._run
        made = Drawn(drawn.text.body or drawn.button.label, self._run, message.delta.fragment_id)
        if message.delta.HasField("add_block") and place < len(into.within):
            made.within = into.within[place].within
        into.within[place : place + 1] = [made]

    def _keep_what_was_drawn_again(self, where: Drawn) -> None:
        where.within = [each for each in where.within if each.run == self._run]
        for each in where.within:
            self._keep_what_was_drawn_again(each)

    def words(self, where: Drawn | None = None) -> list[str]:
        return [word for each in (where or self._page).within for word in (each.words, *self.words(each)) if word]
