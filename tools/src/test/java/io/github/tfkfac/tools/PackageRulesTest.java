package io.github.tfkfac.tools;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Dependencies between the packages of this module. */
class PackageRulesTest {

  private static final String LIBRARY = "io.github.tfkfac.";
  private static final String ROOT = LIBRARY + "tools.";

  /** Every package may use those before it. */
  private static final List<String> ORDER =
      List.of(
          "statistics",
          "error",
          "setting",
          "check",
          "memory",
          "cli",
          "render",
          "record",
          "run",
          "detect",
          "inspect",
          "placement",
          "option",
          "worker",
          "command",
          "lab");

  /** The same within the laboratory. */
  private static final List<String> LABORATORY =
      List.of("bench", "ablation", "compare", "experiment", "command");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(LIBRARY + "tools");

  @Test
  void everyPackageHasItsPlace() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT))
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
  void theProgramDoesNotKnowTheLaboratory() {
    ORDER.stream()
        .filter(name -> !name.equals("lab"))
        .forEach(name -> reject(name, List.of("lab")));
  }

  @Test
  void packagesOfTheLaboratoryUseOnlyThoseBeforeThem() {
    for (int i = 0; i < LABORATORY.size() - 1; i++) {
      reject(
          "lab." + LABORATORY.get(i),
          LABORATORY.subList(i + 1, LABORATORY.size()).stream()
              .map(name -> "lab." + name)
              .toList());
    }
  }

  @Test
  void commandsAreKnownToTheProgramAlone() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "*..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(LIBRARY + "tools")
        .check(CLASSES);
  }

  @Test
  void experimentsRunsAndMeasurementsDoNotKnowEachOther() {
    reject("lab.bench", List.of("record", "render", "check"));
    reject("inspect", List.of("run", "record", "render", "check"));
    reject("lab.compare", List.of("detect", "memory", "lab.bench", "inspect"));
    reject("lab.experiment", List.of("detect", "memory", "lab.bench", "inspect"));
    reject("option", List.of("inspect", "render"));
    reject("memory", List.of("statistics", "error", "check"));
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
