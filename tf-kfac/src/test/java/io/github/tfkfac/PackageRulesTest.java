package io.github.tfkfac;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.github.tfkfac.factor.DepthwiseMoments;
import io.github.tfkfac.schedule.Gate;
import io.github.tfkfac.state.OrderedOps;
import io.github.tfkfac.state.StateStore;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may know whom, and who may touch the state and the order of a graph. */
class PackageRulesTest {

  private static final String ROOT = "io.github.tfkfac.";

  /** Every package may use those before it. */
  private static final List<String> ORDER =
      List.of(
          "schedule",
          "state",
          "graph",
          "gradient",
          "capture",
          "linalg",
          "factor",
          "damping",
          "precondition",
          "twolevel",
          "update",
          "distributed",
          "diagnostics",
          "optimizer");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.tfkfac");

  @Test
  void everyPackageHasItsPlace() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .map(name -> name.substring(ROOT.length()))
                .collect(Collectors.toSet()))
        .isSubsetOf(ORDER)
        .contains("schedule", "optimizer");
  }

  @Test
  void packagesUseOnlyThoseBeforeThem() {
    for (int i = 0; i < ORDER.size() - 1; i++) {
      String[] later =
          ORDER.subList(i + 1, ORDER.size()).stream()
              .map(name -> ROOT + name + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + ORDER.get(i) + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(later)
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void linearAlgebraKnowsNothingOfTheRestAndUpdateRulesOnlySchedules() {
    for (List<String> allowed : List.of(List.of("linalg"), List.of("update", "schedule"))) {
      String alone = allowed.get(0);
      String[] others =
          ORDER.stream()
              .filter(name -> !allowed.contains(name))
              .map(name -> ROOT + name + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage(ROOT + alone + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(CLASSES);
    }
  }

  @Test
  void controlDependenciesAreWrittenInFewPlaces() {
    noClasses()
        .that(
            DescribedPredicate.not(
                belongToAnyOf(Gate.class, OrderedOps.class, DepthwiseMoments.class)
                    .or(nameMatching(".*\\.factor\\.Patches"))
                    .or(nameMatching(".*\\.gradient\\.LibraryGradient"))))
        .should()
        .callMethodWhere(
            target(nameMatching("withControlDependenc.*|addControlInput"), "control dependencies"))
        .because(
            "the order of side effects is decided in Gate and OrderedOps; the moments of"
                + " convolutions only bound how many copies of the input are held at a time, and"
                + " the derivatives of TensorFlow's library are copied as they are")
        .check(CLASSES);
  }

  @Test
  void variablesAreCreatedByTheStateStoreOnly() {
    noClasses()
        .that(DescribedPredicate.not(belongToAnyOf(StateStore.class)))
        .should()
        .callMethodWhere(
            target(nameMatching("variable|varHandleOp|temporaryVariable"), "new variables"))
        .check(CLASSES);
  }

  @Test
  void graphFunctionsHaveNoSideEffects() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + "linalg..",
            ROOT + "factor..",
            ROOT + "damping..",
            ROOT + "precondition..",
            ROOT + "twolevel..",
            ROOT + "update..")
        .should()
        .callMethodWhere(target(nameMatching("assign.*"), "assignments"))
        .check(CLASSES);
  }

  @Test
  void nothingIsPrinted() {
    GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CLASSES);
  }

  private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaMethodCall> target(
      DescribedPredicate<? super AccessTarget.MethodCallTarget> name, String description) {
    return DescribedPredicate.describe(
        description,
        call ->
            call.getTargetOwner().getPackageName().startsWith("org.tensorflow")
                && name.test(call.getTarget()));
  }
}
