#include "prompt_pool.h"

#include "app/experiment/experiment_presets.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

namespace inferlab {

namespace {

constexpr int kShownCharacters = 48; // of a pool's first prompt

QString joined(const std::vector<std::string> &prompts)
{
    QStringList parts;
    for (const std::string &prompt : prompts)
        parts << QString::fromStdString(prompt);
    return parts.join(QStringLiteral("\n\n"));
}

// An empty line, or more of them, between two prompts; what is around a prompt is none of it.
std::vector<std::string> split(const QString &text)
{
    static const QRegularExpression emptyLine(QStringLiteral("\n[ \t]*\n"));
    std::vector<std::string> prompts;
    for (const QString &part : text.split(emptyLine)) {
        if (const QString prompt = part.trimmed(); !prompt.isEmpty())
            prompts.push_back(prompt.toStdString());
    }
    return prompts;
}

QString nameOf(const std::vector<std::string> &pool)
{
    if (pool.empty())
        return QObject::tr("no prompt");
    QString first = QString::fromStdString(pool.front()).simplified();
    if (first.size() > kShownCharacters)
        first = first.left(kShownCharacters - 1) + QStringLiteral("…");
    return pool.size() == 1 ? QObject::tr("1 prompt: %1").arg(first)
                            : QObject::tr("%1 prompts: %2").arg(pool.size()).arg(first);
}

} // namespace

PromptPool::PromptPool(const std::vector<std::string> &prompts, QWidget *parent)
    : QWidget(parent)
    , m_pools({prompts})
    , m_choice(new QComboBox(this))
    , m_text(new QPlainTextEdit(this))
{
    for (const Experiment &preset : experimentPresets()) {
        if (std::find(m_pools.begin(), m_pools.end(), preset.prompts) == m_pools.end())
            m_pools.push_back(preset.prompts);
    }
    for (const std::vector<std::string> &pool : m_pools)
        m_choice->addItem(nameOf(pool));
    m_choice->addItem(tr("own text"));
    m_choice->setAccessibleName(tr("Prompts"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_text->setAccessibleName(tr("The prompts, an empty line between two of them"));
    m_text->setTabChangesFocus(true);
    m_text->setPlainText(joined(prompts));
    auto *hint =
        new QLabel(tr("Each request draws one of them; an empty line stands between two"), this);
    hint->setProperty("kind", QStringLiteral("caption"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::kStep);
    column->addWidget(m_choice);
    column->addWidget(m_text, 1);
    column->addWidget(hint);
    connect(m_choice, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (static_cast<size_t>(index) < m_pools.size()) {
            const QSignalBlocker quiet(m_text);
            m_text->setPlainText(joined(m_pools[static_cast<size_t>(index)]));
        }
        emit edited();
    });
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        const QSignalBlocker quiet(m_choice);
        m_choice->setCurrentIndex(m_choice->count() - 1); // own text from now on
        emit edited();
    });
}

std::vector<std::string> PromptPool::prompts() const
{
    const auto chosen = static_cast<size_t>(m_choice->currentIndex());
    return chosen < m_pools.size() ? m_pools[chosen] : split(m_text->toPlainText());
}

} // namespace inferlab
