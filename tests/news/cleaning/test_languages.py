"""The language of a text, where its feed does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.news.cleaning.languages import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bitcoin slides below $90,000 as miners sell", "en"),
        ("XRP Price Prediction: What Comes Next for the Token?", "en"),
        ("EL SALVADOR BUYS THE DIP AGAIN", "en"),
        ("Bitcoin fällt unter 90.000 Dollar", "de"),
        ("Bitcoin cae por debajo de los 90.000 dólares", "es"),
        ("Le bitcoin passe sous les 90 000 dollars", "fr"),
        ("Bitcoin scende sotto i 90.000 dollari", "it"),
        ("Bitcoin cai abaixo de 90 mil dólares", "pt"),
        ("Bitcoin zakt onder 90.000 dollar", "nl"),
        ("Bitcoin 90 bin doların altına düştü", "tr"),  # noqa: RUF001 - Turkish
        ("Rynek kryptowalut odbija po wyprzedaży", "pl"),
        ("Thị trường tiền điện tử phục hồi", "vi"),
        ("Биткоин упал ниже 90 000 долларов", "ru"),
        ("Біткоїн впав нижче 90 тисяч доларів", "uk"),
        ("比特币跌破9万美元", "zh"),
        ("Binance 上线 SOL 永续合约", "zh"),
        ("ビットコインが9万ドルを下回る", "ja"),
        ("비트코인 9만 달러 아래로 하락", "ko"),
        ("بيتكوين تهبط دون 90 ألف دولار", "ar"),
        ("قیمت بیت کوین به زیر ۹۰ هزار دلار رسید", "fa"),
        ("ביטקוין צונח מתחת ל-90 אלף דולר", "he"),
        ("Το Bitcoin πέφτει κάτω από τα 90.000 δολάρια", "el"),  # noqa: RUF001 - Greek
        ("บิตคอยน์ร่วงต่ำกว่า 90,000 ดอลลาร์", "th"),
        ("बिटकॉइन 90,000 डॉलर से नीचे गिरा", "hi"),
    ],
)
def test_titles_of_many_languages(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BTC",
        "Solana ETF",
        "BTC ETH SOL XRP",
        "93,000 95,000 97,800",
        "@ledger #btc $ETH",
        "🚀🚀🚀",
    ],
)
def test_what_is_no_language_is_not_guessed(text: str) -> None:
    assert language_of(text) is None


def test_a_foreign_word_does_not_make_a_foreign_text() -> None:
    text = "Japan's regulator, the 金融庁, fines an exchange for weak checks of its customers"
    assert language_of(text) == "en"


@given(st.text())
def test_any_text_has_a_code_of_two_letters_or_none(text: str) -> None:
    found = language_of(text)
    assert found is None or (len(found) == 2 and found.isalpha())
