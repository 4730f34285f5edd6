// The prompt's fields.
#include "prompt_editor.h"

#include "figures.h"
#include "fold_section.h"
#include "segmented_control.h"
#include "widget_kind.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <functional>
#include <utility>

namespace inferlab {

namespace {

constexpr int kChat = 0;
constexpr int kRaw = 1;
constexpr int kPromptLines = 4;
constexpr int kSystemLines = 3;

// Takes plain text, but not megabytes of it: the caller says what is too much. Tab leaves the
// field.
class TextField : public QPlainTextEdit
{
public:
    TextField(int lines, std::function<bool(const QString &)> accepts, QWidget *parent)
        : QPlainTextEdit(parent)
        , m_lines(lines)
        , m_accepts(std::move(accepts))
    {
        setTabChangesFocus(true);
    }

    QSize sizeHint() const override
    {
        constexpr int kFrame = 18; // border and padding above and below
        return {200, fontMetrics().lineSpacing() * m_lines + kFrame};
    }
    QSize minimumSizeHint() const override { return {80, sizeHint().height()}; }

protected:
    bool canInsertFromMimeData(const QMimeData *source) const override
    {
        // A dropped file is a model for the window, not text for the prompt.
        return source->hasText() && !source->hasUrls();
    }
    void insertFromMimeData(const QMimeData *source) override
    {
        const QString text = source->text();
        if (m_accepts(text))
            insertPlainText(text);
    }

private:
    int m_lines;
    std::function<bool(const QString &)> m_accepts;
};

} // namespace

PromptEditor::PromptEditor(QWidget *parent)
    : QWidget(parent)
    , m_mode(new SegmentedControl({tr("Chat"), tr("Raw text")}, this))
    , m_prompt(makeEdit(tr("Prompt"), tr("Ask something, or paste a text"), kPromptLines))
    , m_system(
          makeEdit(tr("System prompt"), tr("How the model should behave (optional)"), kSystemLines))
    , m_systemFold(new FoldSection(tr("System prompt"), this))
    , m_hint(new QLabel(this))
{
    m_prompt->setObjectName(QStringLiteral("promptEdit"));
    m_system->setObjectName(QStringLiteral("systemEdit"));
    m_mode->button(kChat)->setToolTip(tr("The prompt goes through the model's chat template"));
    m_mode->button(kRaw)->setToolTip(tr("The model goes on with the prompt as it stands"));
    m_systemFold->body()->addWidget(m_system);
    m_hint->setWordWrap(true);
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setProperty("kind", QStringLiteral("caption"));
    m_hint->setObjectName(QStringLiteral("promptHint"));

    auto *title = new QLabel(tr("Prompt"), this);
    title->setProperty("kind", QStringLiteral("title"));
    title->setBuddy(m_prompt);
    auto *row = new QHBoxLayout;
    row->addWidget(title);
    row->addStretch(1);
    row->addWidget(m_mode);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(m_prompt, 1);
    column->addWidget(m_hint);
    column->addWidget(m_systemFold);
    connect(m_mode, &SegmentedControl::currentChanged, this, [this] {
        m_systemFold->setVisible(isChat());
        emit changed();
    });
    connect(m_system, &QPlainTextEdit::textChanged, this, [this] {
        m_systemFold->setSummary(m_system->document()->isEmpty() ? QString() : tr("set"));
    });
}

QPlainTextEdit *PromptEditor::makeEdit(const QString &name, const QString &placeholder, int lines)
{
    auto *edit = new TextField(
        lines, [this](const QString &text) { return accepts(text); }, this);
    edit->setAccessibleName(name);
    edit->setPlaceholderText(placeholder);
    connect(edit, &QPlainTextEdit::textChanged, this, &PromptEditor::changed);
    return edit;
}

bool PromptEditor::accepts(const QString &text)
{
    const qsizetype total = text.size() + m_prompt->document()->characterCount();
    if (total <= kMaxCharacters)
        return true;
    emit refused(tr("That text has %1 characters; a prompt takes at most %2")
                     .arg(figures::count(text.size()), figures::count(kMaxCharacters)));
    return false;
}

namespace {

// What was typed, as it is: toPlainText() would make a space of a no-break space, and the model
// reads them as different tokens.
QString textOf(const QPlainTextEdit &edit)
{
    QString text = edit.document()->toRawText();
    text.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
    text.replace(QChar::LineSeparator, QLatin1Char('\n'));
    return text;
}

} // namespace

QString PromptEditor::prompt() const
{
    return textOf(*m_prompt);
}

QString PromptEditor::systemPrompt() const
{
    return isChat() ? textOf(*m_system) : QString();
}

bool PromptEditor::isChat() const
{
    return m_mode->current() == kChat && m_chatAvailable;
}

bool PromptEditor::isChatWanted() const
{
    return isChat() || m_chatWanted;
}

void PromptEditor::setPrompt(const QString &text)
{
    if (text.size() <= kMaxCharacters)
        m_prompt->setPlainText(text);
    else
        accepts(text); // says so
}

void PromptEditor::setSystemPrompt(const QString &text)
{
    if (text.size() <= kMaxCharacters)
        m_system->setPlainText(text);
}

void PromptEditor::setChat(bool chat)
{
    m_chatWanted = chat && !m_chatAvailable;
    m_mode->setCurrent(chat && m_chatAvailable ? kChat : kRaw);
}

void PromptEditor::setChatAvailable(bool available)
{
    if (std::exchange(m_chatAvailable, available) == available)
        return;
    m_mode->setAvailable(kChat, available,
                         available ? tr("The prompt goes through the model's chat template")
                                   : tr("This model's file has no chat template"));
    // What is chosen is what is sent; the wish waits for a model that can.
    if (!available && m_mode->current() == kChat) {
        m_mode->setCurrent(kRaw);
        m_chatWanted = true;
    } else if (available && std::exchange(m_chatWanted, false)) {
        m_mode->setCurrent(kChat);
    }
    m_systemFold->setVisible(isChat());
    emit changed();
}

void PromptEditor::setHint(const QString &text, bool problem)
{
    m_hint->setText(text);
    m_hint->setVisible(!text.isEmpty());
    setCaption(m_hint, problem);
}

QString PromptEditor::hint() const
{
    return m_hint->text();
}

} // namespace inferlab
