// Registers the embedded fonts with the application, once per application.
#include "ui/theme/fonts.h"

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QVariant>

namespace inferlab {

namespace {

constexpr char kFamilyProperty[] = "inferlabFontFamily";

QString registerEmbedded()
{
    QString family;
    const QDir folder(QStringLiteral(":/inferlab/fonts"));
    for (const QString &name : folder.entryList(QDir::Files)) {
        const int id = QFontDatabase::addApplicationFont(folder.filePath(name));
        const QStringList families = QFontDatabase::applicationFontFamilies(id);
        if (families.contains(QStringLiteral("Open Sans")))
            family = QStringLiteral("Open Sans");
    }
    return family;
}

QString embeddedFamily()
{
    if (qApp == nullptr)
        return {};
    QVariant known = qApp->property(kFamilyProperty);
    if (!known.isValid()) {
        known = registerEmbedded();
        qApp->setProperty(kFamilyProperty, known);
    }
    return known.toString();
}

} // namespace

QFont interfaceFont()
{
    const QString family = embeddedFamily();
    QFont font =
        family.isEmpty() ? QFontDatabase::systemFont(QFontDatabase::GeneralFont) : QFont(family);
    font.setStyleHint(QFont::SansSerif);
    return font;
}

QFont monospaceFont()
{
    return QFontDatabase::systemFont(QFontDatabase::FixedFont);
}

bool hasEmbeddedFont()
{
    return !embeddedFamily().isEmpty();
}

} // namespace inferlab
