package io.github.tfkfac.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Dependencies between the packages of this module. */
class PackageRulesTest {

  private static final String LIBRARY = "io.github.tfkfac.";
  private static final String ROOT = LIBRARY + "models.";

  /** Every package may use those before it. */
  private static final List<String> ORDER =
      List.of("text", "layer", "data", "savedmodel", "arch", "weights", "train", "finetune");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(LIBRARY + "models");

  @Test
  void everyPackageHasItsPlace() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(ROOT.length()).replaceFirst("\\..*", ""))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(ORDER);
  }

  @Test
  void packagesUseOnlyThoseBeforeThem() {
    for (int i = 0; i < ORDER.size() - 1; i++) {
      reject(ORDER.get(i), ORDER.subList(i + 1, ORDER.size()));
    }
  }

  @Test
  void layersFilesAndDataDoNotKnowEachOther() {
    reject("data", List.of("layer"));
    reject("savedmodel", List.of("layer", "data"));
    reject("arch", List.of("data", "savedmodel"));
    reject("weights", List.of("data", "savedmodel", "arch"));
    reject("train", List.of("savedmodel", "weights"));
    reject("finetune", List.of("arch", "weights"));
  }

  @Test
  void commandsAndDetectorsAreUnknownAndNothingIsPrinted() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(LIBRARY + "tools..", LIBRARY + "detection..")
        .check(CLASSES);
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  private static void reject(String user, List<String> used) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + user + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(used.stream().map(name -> ROOT + name + "..").toArray(String[]::new))
        .check(CLASSES);
  }
}
