package io.github.tfkfac.detection;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
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

/** Who may know whom. */
class PackageRulesTest {

  private static final String LIBRARY = "io.github.tfkfac.";
  private static final String ROOT = LIBRARY + "detection.";

  /** Every package may use those before it. */
  private static final List<String> ORDER =
      List.of(
          "profile",
          "box",
          "coco",
          "evaluate",
          "assign",
          "proposal",
          "roi",
          "arch",
          "predict",
          "data",
          "draw",
          "train");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(LIBRARY + "detection");

  @Test
  void everyPackageHasItsPlace() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(ROOT.length()))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(ORDER);
  }

  @Test
  void packagesUseOnlyThoseBeforeThem() {
    for (int i = 0; i < ORDER.size() - 1; i++) {
      reject(ORDER.get(i), packages(ORDER.subList(i + 1, ORDER.size())));
    }
  }

  @Test
  void filesAndEvaluationKnowNothingOfNetworks() {
    for (String alone : List.of("box", "coco", "evaluate")) {
      reject(alone, packages(ORDER.subList(ORDER.indexOf("assign"), ORDER.size())));
      reject(alone, LIBRARY + "optimizer..");
      noClasses()
          .that()
          .resideInAPackage(ROOT + alone + "..")
          .should()
          .dependOnClassesThat(
              resideInAPackage(LIBRARY + "models..")
                  .and(resideOutsideOfPackage(LIBRARY + "models.text..")))
          .check(CLASSES);
    }
  }

  @Test
  void onlyTrainingKnowsOptimizers() {
    for (String other : ORDER.subList(0, ORDER.size() - 1)) {
      reject(other, LIBRARY + "optimizer..", LIBRARY + "graph..", LIBRARY + "models.train..");
    }
  }

  @Test
  void commandsAreUnknownAndNothingIsPrinted() {
    noClasses().should().dependOnClassesThat().resideInAPackage(LIBRARY + "tools..").check(CLASSES);
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  private static String[] packages(List<String> names) {
    return names.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
  }

  private static void reject(String user, String... used) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + user + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(used)
        .check(CLASSES);
  }
}
