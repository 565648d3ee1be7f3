import com.helger.diver.api.coord.DVRCoordinate;
import com.helger.phive.api.execute.ValidationExecutionManager;
import com.helger.phive.api.executorset.ValidationExecutorSetRegistry;
import com.helger.phive.api.validity.IValidityDeterminator;
import com.helger.phive.peppol.PeppolValidation;
import com.helger.phive.peppol.PeppolValidation2026_05;
import com.helger.phive.xml.source.IValidationSourceXML;
import com.helger.phive.xml.source.ValidationSourceXML;
import java.io.File;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;

/**
 * Holds each file against the schema of UBL 2.1, the rules of EN 16931 and those of Peppol BIS Billing 3.0, and prints a
 * line of cells between tabs for each set of rules that was run, and for each finding: file, rules, level, id, text.
 */
public final class Validate {
  public static void main(String[] files) throws Exception {
    ValidationExecutorSetRegistry<IValidationSourceXML> rules = new ValidationExecutorSetRegistry<>();
    PeppolValidation.initStandard(rules);
    DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
    parsers.setNamespaceAware(true);
    for (String file : files) {
      var document = parsers.newDocumentBuilder().parse(new File(file));
      DVRCoordinate id = switch (document.getDocumentElement().getLocalName()) {
        case "Invoice" -> PeppolValidation2026_05.VID_OPENPEPPOL_INVOICE_UBL_V3;
        case "CreditNote" -> PeppolValidation2026_05.VID_OPENPEPPOL_CREDIT_NOTE_UBL_V3;
        default -> throw new IllegalArgumentException(file + " is neither an Invoice nor a CreditNote");
      };
      var results = ValidationExecutionManager.executeValidation(
          IValidityDeterminator.createDefault(), rules.getOfID(id), ValidationSourceXML.create(file, document));
      for (var result : results) {
        String artefact = result.getValidationArtefact().getRuleResourcePath();
        print(file, artefact, result.getValidity().name(), "", "");
        result.getErrorList().forEach(error -> print(file, artefact, error.getErrorLevel().getID(),
            error.getErrorID(), error.getErrorText(Locale.ENGLISH) + " at " + error.getErrorFieldName()));
      }
    }
  }

  private static void print(String... cells) {
    StringBuilder line = new StringBuilder();
    for (String cell : cells) line.append(line.isEmpty() ? "" : "\t").append(String.valueOf(cell).replaceAll("\\s+", " "));
    System.out.println(line);
  }
}
