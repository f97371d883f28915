gatehouse_test(policy_values_test
    SOURCES
        address_test.cpp
        host_test.cpp
        local_time_test.cpp
        phrase_list_test.cpp
        rule_test.cpp
        signal_test.cpp
        term_list_test.cpp
        term_scan_test.cpp
        subject_test.cpp
        target_test.cpp
        timetable_test.cpp
        words_test.cpp
    LINK gatehouse::policy)
