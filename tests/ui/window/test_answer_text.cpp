// A streaming answer: which characters a token stands for, lines that grow, the pointer, selection,
// and the place where a person is reading.
#include "ui/widgets/answer_text.h"

#include "ui/widgets/answer_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QScreen>
#include <QScrollBar>
#include <QSignalSpy>
#include <QtTest>
#include <algorithm>
#include <random>

using namespace inferlab;

namespace {

// Appends a token as the engine does: its bytes, and the characters that they complete.
void append(RequestRecord &request, Utf8Stream &stream, const std::string &piece)
{
    TokenRecord token;
    token.id = static_cast<int32_t>(request.tokens.size());
    token.piece = piece;
    request.tokens.push_back(token);
    request.text += stream.push(piece);
}

RequestRecord answer(const std::vector<std::string> &pieces)
{
    RequestRecord request;
    Utf8Stream stream;
    for (const std::string &piece : pieces)
        append(request, stream, piece);
    request.text += stream.finish();
    return request;
}

std::vector<QString> spanTexts(const TokenSpans &spans)
{
    std::vector<QString> texts;
    for (size_t i = 0; i < spans.count(); ++i)
        texts.push_back(spans.text().mid(spans.span(i).start, spans.span(i).length));
    return texts;
}

QPoint middleOf(const AnswerText &view, int token)
{
    return view.tokenRect(token).center();
}

// Words, line feeds and a word wider than the column, by a fixed seed.
std::string randomText(std::mt19937 &random, size_t words)
{
    std::string text;
    for (size_t i = 0; i < words; ++i) {
        text += std::string(1 + random() % 12, static_cast<char>('a' + random() % 26));
        if (random() % 30 == 0)
            text += std::string(200, 'w');
        text += random() % 9 == 0 ? "\n" : " ";
    }
    return text;
}

} // namespace

class TestAnswerText : public QObject
{
    Q_OBJECT

private slots:
    void aScreenReaderGetsTheText();
    void anEmptyAnswerSaysWhy();
    void streamingLeavesNoOldPixels();
    void spansFollowTheText_data();
    void spansFollowTheText();
    void spansNoticeAnotherAnswer();
    void growingLinesEqualThoseOfTheWhole();
    void pointingSaysWhichToken();
    void selectionIsCopied();
    void doubleClickTakesAWord();
    void followsTheEndUntilScrolledAway();
    void markedTokenComesIntoSight();
    void tintsAndFrameLeaveInk();
    void longAnswersStream();
};

void TestAnswerText::spansFollowTheText_data()
{
    QTest::addColumn<std::vector<std::string>>("pieces");
    QTest::addColumn<std::vector<QString>>("expected");
    using Pieces = std::vector<std::string>;
    using Texts = std::vector<QString>;
    QTest::newRow("words") << Pieces {"The", " end", "."} << Texts {"The", " end", "."};
    QTest::newRow("a character in two halves")
        << Pieces {"a", "\xC3", "\xA9", "b"} << Texts {"a", "", QString::fromUtf8("é"), "b"};
    QTest::newRow("outside the basic plane")
        << Pieces {"\xF0\x9F", "\x98\x80", "!"} << Texts {"", QString::fromUtf8("😀"), "!"};
    QTest::newRow("ill-formed") << Pieces {"a", "\xFF", "b"}
                                << Texts {"a", QString(QChar::ReplacementCharacter), "b"};
}

void TestAnswerText::spansFollowTheText()
{
    QFETCH(const std::vector<std::string>, pieces);
    QFETCH(const std::vector<QString>, expected);
    TokenSpans spans;
    const RequestRecord request = answer(pieces);
    QVERIFY(spans.extend(request));
    QVERIFY(spanTexts(spans) == expected);
    QCOMPARE(spans.tokenAt(spans.text().size()), -1);
    for (qsizetype c = 0; c < spans.text().size(); ++c) {
        const TokenSpans::Span span = spans.span(static_cast<size_t>(spans.tokenAt(c)));
        QVERIFY(span.start <= c && c < span.start + span.length);
    }

    // The name of an end token is not in the text: it stands for nothing.
    RequestRecord ended = request;
    TokenRecord end;
    end.piece = "<|im_end|>";
    ended.tokens.push_back(end);
    QVERIFY(spans.extend(ended));
    QCOMPARE(spans.span(spans.count() - 1).length, 0);
}

void TestAnswerText::spansNoticeAnotherAnswer()
{
    TokenSpans spans;
    QVERIFY(spans.extend(answer({"one", " two"})));
    QVERIFY(!spans.extend(answer({"one"})));
    QVERIFY(!spans.extend(answer({"uno", " two", " three"})));
    spans.clear();
    QVERIFY(spans.extend(answer({"uno"})));
    QCOMPARE(spans.text(), QStringLiteral("uno"));
}

void TestAnswerText::growingLinesEqualThoseOfTheWhole()
{
    std::mt19937 random(7);
    const QString text = QString::fromStdString(randomText(random, 400));
    LineBreaker growing;
    LineBreaker whole;
    for (LineBreaker *breaker : {&growing, &whole})
        breaker->setColumn(QGuiApplication::font(), 300);
    whole.extend(text);
    for (qsizetype end = 0; end < text.size();) {
        end = std::min<qsizetype>(text.size(), end + 1 + random() % 40);
        growing.extend(text.left(end));
    }
    QCOMPARE(growing.lines().size(), whole.lines().size());
    qsizetype covered = 0;
    for (size_t i = 0; i < whole.lines().size(); ++i) {
        const LineBreaker::Line &line = growing.lines()[i];
        QCOMPARE(line.start, whole.lines()[i].start);
        QCOMPARE(line.length, whole.lines()[i].length);
        QCOMPARE(line.start, covered);
        QCOMPARE(growing.lineOf(line.start), i);
        covered = line.start + line.length + (line.endsParagraph ? 1 : 0);
    }
    QCOMPARE(covered, text.size());
}

void TestAnswerText::pointingSaysWhichToken()
{
    AnswerText view;
    view.resize(400, 200);
    const RequestRecord request = answer({"The", " capital", " is", " Paris"});
    view.setRequest(&request);
    view.show();
    QSignalSpy pointed(&view, &AnswerText::tokenPointed);
    QSignalSpy clicked(&view, &AnswerText::tokenClicked);
    for (const int token : {3, 1, 0}) {
        QTest::mouseMove(view.viewport(), middleOf(view, token));
        QCOMPARE(pointed.last().first().toInt(), token);
    }
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, middleOf(view, 2));
    QCOMPARE(clicked.last().first().toInt(), 2);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(390, 190));
    QCOMPARE(clicked.last().first().toInt(), -1);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(view.viewport(), &leave);
    QCOMPARE(pointed.last().first().toInt(), -1);
}

void TestAnswerText::selectionIsCopied()
{
    AnswerText view;
    view.resize(400, 200);
    const RequestRecord request = answer({"One", " two", " three", "\n", "four"});
    view.setRequest(&request);
    view.show();
    const QRect from = view.tokenRect(1);
    const QRect to = view.tokenRect(2);
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, from.topLeft() + QPoint(1, 5));
    QTest::mouseMove(view.viewport(), to.topRight() + QPoint(2, 5));
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, to.topRight() + QPoint(2, 5));
    QCOMPARE(view.selectedText(), QStringLiteral(" two three"));
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral(" two three"));
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(view.selectedText(), QStringLiteral("One two three\nfour"));
}

void TestAnswerText::doubleClickTakesAWord()
{
    AnswerText view;
    view.resize(400, 200);
    const RequestRecord request = answer({"One", " two", " three"});
    view.setRequest(&request);
    view.show();
    QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, middleOf(view, 1) + QPoint(3, 0));
    QCOMPARE(view.selectedText(), QStringLiteral("two"));
}

void TestAnswerText::followsTheEndUntilScrolledAway()
{
    AnswerText view;
    view.resize(300, 120);
    view.show();
    RequestRecord request;
    Utf8Stream stream;
    const auto grow = [&](int tokens) {
        for (int i = 0; i < tokens; ++i)
            append(request, stream, i % 7 == 6 ? "\n" : " word");
        view.setRequest(&request);
    };
    grow(200);
    QScrollBar *bar = view.verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    QCOMPARE(bar->value(), bar->maximum());
    bar->setValue(10);
    grow(200);
    QCOMPARE(bar->value(), 10);
    QVERIFY(!view.isFollowing());
    view.followEnd();
    grow(200);
    QCOMPARE(bar->value(), bar->maximum());
}

void TestAnswerText::markedTokenComesIntoSight()
{
    AnswerText view;
    view.resize(300, 120);
    view.show();
    const RequestRecord request = answer(std::vector<std::string>(800, " word"));
    view.setRequest(&request);
    for (const int token : {0, 400, 799, 100}) {
        view.setSelectedToken(token);
        QCOMPARE(view.selectedToken(), token);
        QVERIFY(view.viewport()->rect().contains(view.tokenRect(token)));
    }
    view.setSelectedToken(5000);
    QCOMPARE(view.selectedToken(), -1);
}

void TestAnswerText::tintsAndFrameLeaveInk()
{
    AnswerText view;
    view.resize(300, 120);
    const RequestRecord request = answer({"One", " two", " three"});
    view.setRequest(&request);
    const auto different = [](const QImage &a, const QImage &b) {
        int pixels = 0;
        for (int y = 0; y < a.height(); ++y) {
            for (int x = 0; x < a.width(); ++x)
                pixels += a.pixel(x, y) != b.pixel(x, y) ? 1 : 0;
        }
        return pixels;
    };
    const QImage plain = view.grab().toImage();
    view.setSelectedToken(1);
    const QImage framed = view.grab().toImage();
    QVERIFY(different(plain, framed) > 100);
    view.setTokenTints(true);
    QVERIFY(different(framed, view.grab().toImage()) > 300);
}

void TestAnswerText::longAnswersStream()
{
    AnswerText view;
    view.resize(500, 400);
    view.show();
    RequestRecord request;
    Utf8Stream stream;
    // 100,000 characters, the second half in one paragraph, in frames of 80 tokens (5,000 a
    // second).
    for (int frame = 0; frame < 250; ++frame) {
        for (int i = 0; i < 80; ++i)
            append(request, stream, frame < 125 && i % 20 == 19 ? "\n" : " word");
        view.setRequest(&request);
        view.viewport()->repaint();
    }
    QCOMPARE(view.tokenCount(), 20000);
    QVERIFY(view.text().size() >= 97000);
    view.resize(320, 400);
    QTRY_VERIFY(view.verticalScrollBar()->maximum() > 1000);
    QTRY_COMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
}

void TestAnswerText::aScreenReaderGetsTheText()
{
    AnswerText view;
    const RequestRecord request = answer({"Paris", " is", " a city"});
    view.setRequest(&request);
    QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(&view);
    QVERIFY(interface != nullptr);
    QCOMPARE(interface->role(), QAccessible::Document);
    QCOMPARE(interface->text(QAccessible::Value), QStringLiteral("Paris is a city"));
    QVERIFY(interface->state().readOnly);
}

void TestAnswerText::anEmptyAnswerSaysWhy()
{
    AnswerView view;
    view.setEmptyText(QStringLiteral("Press Run"), {});
    const auto shows = [&view](const QString &words) {
        const QList<QLabel *> labels = view.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel *label) {
            return label->isVisibleTo(&view) && label->text().startsWith(words);
        });
    };
    QVERIFY(shows(QStringLiteral("Press Run")));
    RunRecord run;
    run.requests.push_back(answer({"<end>"}));
    run.requests.front().text.clear();
    run.requests.front().endReason = EndReason::Stop;
    view.setRun(&run, false);
    QVERIFY(shows(QStringLiteral("The model ended it at once")));
    run.requests.front() = answer({"text"});
    run.requests.front().endReason = EndReason::Stop;
    view.setRun(&run, false);
    QVERIFY(!shows(QStringLiteral("The model ended it at once")));
    view.setRun(nullptr, false);
    QVERIFY(shows(QStringLiteral("Press Run")));
}

// Only what is new is painted, and scrolling moves the rest: the picture is the one that painting
// everything gives.
void TestAnswerText::streamingLeavesNoOldPixels()
{
    AnswerText view;
    view.resize(300, 200);
    view.setCursorShown(true);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const auto onScreen = [&view] {
        QCoreApplication::processEvents();
        return view.screen()->grabWindow(view.winId()).toImage();
    };
    std::mt19937 random(7);
    RequestRecord request;
    Utf8Stream stream;
    for (int step = 0; step < 60; ++step) {
        append(request, stream, randomText(random, 2));
        view.setRequest(&request);
        const QImage streamed = onScreen();
        view.viewport()->update();
        QCOMPARE(streamed, onScreen());
    }
    QVERIFY(view.verticalScrollBar()->maximum() > 0);
}

QTEST_MAIN(TestAnswerText)
#include "test_answer_text.moc"
