// What people call columns, in English, German, Spanish and French, and which field they mean by
// it. Names are compared in their search form: lower case, no accents, single spaces.
#pragma once

#include <string_view>

namespace rapport::platform {

struct ColumnWords {
  std::string_view object, field;  // "address.city" names a part
  std::string_view words;          // separated by bars
};

inline constexpr ColumnWords column_words[] = {
    {"person", "name.given",
     "first name|firstname|given name|forename|fname|vorname|nombre|nombre de pila|prenom"},
    {"person", "name.family",
     "last name|lastname|surname|family name|lname|nachname|familienname|zuname|apellido|apellidos|"
     "nom de famille"},
    {"person", "name",
     "name|full name|fullname|customer name|contact name|contact|kunde|kundenname|nombre completo|"
     "nombre y apellidos|cliente|nom|nom complet|client"},
    {"person", "salutation", "salutation|title|anrede|titel|tratamiento|civilite"},
    {"person", "email",
     "email|e mail|mail|email address|e mail address|e mail adresse|mailadresse|correo|"
     "correo electronico|courriel|adresse mail|adresse e mail"},
    {"person", "phone",
     "phone|telephone|phone number|tel|mobile|mobile phone|cell|telefon|telefonnummer|handy|mobil|"
     "rufnummer|telefono|movil|numero de telefono|telephone portable|portable"},
    {"person", "number",
     "customer id|customerid|customer|customer number|customer no|client id|user id|member id|"
     "kundennummer|kunden nr|kundennr|kunden id|numero de cliente|id cliente|codigo cliente|"
     "numero client|id client|code client"},
    {"person", "company",
     "company|company name|account|account name|organisation|organization|employer|firma|"
     "unternehmen|empresa|compania|societe|entreprise"},
    {"person", "job_title",
     "job title|position|role|job|funktion|beruf|cargo|puesto|fonction|poste"},
    {"person", "department", "department|abteilung|departamento|service|departement"},
    {"person", "birth_date",
     "birth date|birthdate|date of birth|dob|birthday|geburtsdatum|geburtstag|fecha de nacimiento|"
     "nacimiento|date de naissance|naissance"},
    {"person", "address.line1",
     "address|street|address 1|address line 1|street address|adresse|strasse|anschrift|direccion|"
     "calle|domicilio|rue|adresse 1"},
    {"person", "address.line2",
     "address 2|address line 2|adresszusatz|direccion 2|complement|adresse 2"},
    {"person", "address.city",
     "city|town|suburb|ort|stadt|wohnort|ciudad|poblacion|localidad|ville"},
    {"person", "address.region",
     "state|region|province|county|bundesland|kanton|provincia|estado|etat"},
    {"person", "address.postal_code",
     "zip|zip code|zipcode|postcode|postal code|plz|postleitzahl|codigo postal|cp|code postal"},
    {"person", "address.country", "country|country code|land|pais|pays|nation"},
    {"person", "language", "language|locale|sprache|idioma|langue"},
    {"person", "website", "website|url|web|homepage|webseite|sitio web|site web"},
    {"person", "source", "source|lead source|origin|herkunft|quelle|origen|fuente|origine"},
    {"person", "note",
     "note|notes|comment|comments|remark|notiz|bemerkung|kommentar|nota|notas|"
     "comentario|remarque|commentaire"},
    {"company", "name",
     "company|company name|account|account name|organisation|organization|firma|firmenname|"
     "unternehmen|empresa|razon social|societe|raison sociale|entreprise"},
    {"company", "industry", "industry|sector|branche|industria|secteur"},
    {"company", "employees", "employees|headcount|mitarbeiter|empleados|employes|effectif"},
    {"company", "revenue", "revenue|turnover|umsatz|facturacion|ingresos|chiffre d affaires"},
    {"company", "tax_number",
     "vat|vat number|tax number|tax id|ust id|uid|nif|cif|tva|numero de tva"},
    {"order", "number",
     "order number|order id|orderid|order no|order|invoice|invoice no|invoiceno|invoice number|"
     "transaction id|bestellnummer|bestellung|auftragsnummer|rechnungsnummer|rechnung|"
     "numero de pedido|pedido|factura|numero de factura|numero de commande|commande|facture"},
    {"order", "placed_at",
     "date|order date|orderdate|invoice date|invoicedate|purchase date|transaction date|placed at|"
     "datum|bestelldatum|rechnungsdatum|kaufdatum|fecha|fecha de pedido|fecha de compra|"
     "date de commande|date d achat"},
    {"order", "total",
     "total|amount|order total|order value|value|dollar value|sales|revenue|price "
     "paid|betrag|summe|"
     "gesamt|gesamtbetrag|importe|importe total|montant|montant total"},
    {"order", "quantity", "items|number of items|number of cds|pieces|anzahl artikel|articulos"},
    {"order_line", "quantity", "quantity|qty|units|menge|anzahl|stueck|cantidad|unidades|quantite"},
    {"order_line", "unit_price",
     "unit price|unitprice|price|item price|preis|einzelpreis|stueckpreis|precio|precio unitario|"
     "prix|prix unitaire"},
    {"order_line", "description",
     "description|item|item description|product name|product|article|bezeichnung|artikel|"
     "beschreibung|produkt|descripcion|producto|articulo|designation|produit"},
    {"product", "number",
     "sku|stock code|stockcode|product id|product code|item number|article number|artikelnummer|"
     "artikelnr|produktnummer|codigo de producto|referencia|code produit|reference"},
    {"product", "category", "category|product category|kategorie|warengruppe|categoria|categorie"},
    {"product", "brand", "brand|marke|marca|marque"},
};

}  // namespace rapport::platform
