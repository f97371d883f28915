gatehouse_test(policy_lists_test MANY
    SOURCES
        domain_set_property_test.cpp
        domain_set_test.cpp
        list_image_test.cpp
        list_source_test.cpp
        list_variants_test.cpp
        url_path_test.cpp
        verdict_reference_test.cpp
    LINK gatehouse::policy PkgConfig::XXHASH)
