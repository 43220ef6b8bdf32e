"""How names of persons are compared: in a plain form, by sound, by shape, whatever the order of the characters.

Here: the plain form of a name, its sound, shape and characters, and SQL that compares two names. Contests of numbers
(person_contests.py), blocking and the levels of the model (comparisons.py) share it.
Not here: the form in which a name is stored (elements/names.py): the plain form is only compared.
"""

NOTE = "[(（\\[【〔〈<《].*?([)）\\]】〕〉>》]|$)"  # 郑有才（户主）, also without the closing bracket
FAMILIAR = "^[小阿老]|[儿]$"  # 小丽, 阿强, 老王, 丽儿

# The names whose plain form is another one: without notes, blanks, dots and digits, in simplified characters and small
# letters. A name of which nothing would be left stays as it is.
PLAIN_NAME = f"""
with name as (
    select name from linked.person_evidence where name is not null
    union
    select former_name from linked.person_evidence where former_name is not null
),

bare as (
    select name, coalesce(
        nullif(lower(regexp_replace(regexp_replace(name, '{NOTE}', '', 'g'), '[^\\pL]+', '', 'g')), ''), name) as bare_name
    from name
),

variant as (
    select distinct name, bare_name
    from (select name, bare_name, unnest(string_split(bare_name, '')) as character from bare)
    semi join reference.character_variant using (character)
),

folded as (
    select name, string_agg(coalesce(simplified, character), '' order by position) as plain_name
    from (
        select name, unnest(string_split(bare_name, '')) as character, unnest(range(length(bare_name))) as position
        from variant
    )
    left join reference.character_variant using (character)
    group by name
)

select name, plain_name
from (from folded union all select name, bare_name as plain_name from bare anti join variant using (name))
where name <> plain_name
"""


def spelled(names: str) -> str:
    """SELECT of name, plain_name, sound, shape, characters for each row of `names`, a SELECT of name and plain_name.

    Sound and shape replace each character: by its syllable, and by a character that looks like it. `characters` are
    those of the plain name in an order of their own, so that 吴春长 and 吴长春 have the same.
    """
    return f"""
        select name, plain_name,
            string_agg(coalesce(case when position = 1 then surname_syllable else syllable end, character), ' ' order by position)
                as sound,
            string_agg(coalesce(alike.shape, character), '' order by position) as shape,
            string_agg(character, '' order by character) as characters
        from (
            select name, plain_name, unnest(string_split(plain_name, '')) as character,
                unnest(range(1, length(plain_name) + 1)) as position
            from ({names})
        )
        left join reference.character_sound using (character)
        left join reference.look_alike_character as alike using (character)
        group by name, plain_name
    """


def is_same(left: str, right: str) -> str:
    """SQL: whether two spelled names are one name, written or heard differently. `left` and `right` are rows of `spelled`."""
    columns = ("plain_name", "sound", "shape", "characters")
    return f"({' or '.join(f'{left}.{column} = {right}.{column}' for column in columns)})"


def is_alike(left: str, right: str) -> str:
    """SQL: whether two spelled names may be one with a mistake: a part is the same, or one is contained in the other.

    The same surname by sound or shape, and a character of the given name; or a whole given name of two characters. A
    syllable of the given name is not enough: names of brothers and of father and son share one by chance.
    """
    surname = (
        f"(left({left}.shape, 1) = left({right}.shape, 1) or {_syllables(left, 1, 1)} = {_syllables(right, 1, 1)})"
    )
    plain = (f"{left}.plain_name", f"{right}.plain_name")
    given = "list_has_any({}, {})".format(*(_split(f"substr({name}, 2)") for name in plain))
    same_given = f"(length({plain[0]}) >= 3 and {_syllables(left, 2)} = {_syllables(right, 2)})"
    return f"(({surname} and {given}) or {same_given} or {is_contained(*plain)} or {is_familiar(*plain)})"


def is_contained(left: str, right: str) -> str:
    """SQL: whether all characters of the shorter plain name, at least two, are in the other: 周丽 and 周丽群."""
    return f"(least(length({left}), length({right})) >= 2 and {_has_all(left, right)})"


def is_familiar(left: str, right: str) -> str:
    """SQL: whether one of two plain names is the familiar form of the other: 小丽 or 丽儿 and 周丽."""

    def of(name: str, other: str) -> str:
        bare = f"regexp_replace({name}, '{FAMILIAR}', '')"
        return f"({bare} not in ({name}, '') and list_has_all({_split(other)}, {_split(bare)}))"

    return f"({of(left, right)} or {of(right, left)})"


def _has_all(left: str, right: str) -> str:
    return f"(list_has_all({_split(left)}, {_split(right)}) or list_has_all({_split(right)}, {_split(left)}))"


def _split(text: str) -> str:
    return f"string_split({text}, '')"


def _syllables(spelled_name: str, first: int, last: int | None = None) -> str:
    """SQL: the syllables of a spelled name from one position to another, or to the end."""
    return f"string_split({spelled_name}.sound, ' ')[{first}:{'' if last is None else last}]"
